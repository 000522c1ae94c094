import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const database = 'test/support/database-server.ts'
const fixedSeeds = 'test/support/fixed-seeds.ts'
const setupFiles = [fixedSeeds, 'test/support/quick-passwords.ts']
// What keeps a machine busy besides slows a test down tenfold; one that hangs is still seen.
const patient = { testTimeout: 120_000, hookTimeout: 180_000, expect: { poll: { timeout: 30_000, interval: 50 } } }
const asInProduction = {
  // React chooses its build by it, and the one for development takes three times as long for a page.
  // Workers, and the programs that they start, find the server's modules compiled.
  env: {
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'rialto-compile'),
  },
  // The server's sources run in Node as they are; they need no bundler's transformation.
  experimental: { viteModuleRunner: false, nodeLoader: false },
}

// One process image per worker (isolate: false): 30 trivial files take 2.4 s instead of 34.8 s. So: no module singletons.
export default defineConfig({
  test: {
    isolate: false,
    // More than the two cores of a small machine: most of a test's time is waiting for PostgreSQL or the browser.
    maxWorkers: 6,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,web,scripts,bench,packages,test/unit}/**/*.test.{ts,tsx}'],
          setupFiles: [fixedSeeds],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: [database],
          setupFiles,
          ...asInProduction,
          ...patient,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: [database, 'test/support/browser-server.ts'],
          setupFiles,
          ...asInProduction,
          ...patient,
        },
      },
      // The big numbers: `pnpm test:long`.
      {
        extends: true,
        test: { name: 'long', include: ['test/long/**/*.test.ts'], globalSetup: [database], testTimeout: 1_800_000 },
      },
      // Against Stripe's test mode itself: `pnpm test:stripe`. Fails, never skips, without a key.
      { extends: true, test: { name: 'stripe', include: ['test/stripe/**/*.test.ts'], testTimeout: 60_000 } },
      // What needs tools from outside npm: `pnpm test:infra`. Fails, never skips, without them.
      {
        extends: true,
        test: { name: 'infra', include: ['test/infra/**/*.test.ts'], globalSetup: [database], testTimeout: 600_000 },
      },
    ],
  },
})
