// `pnpm start`: builds the pages when their sources changed, then runs the marketplace in this very process.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Must come before the server's modules are loaded; it halves the second start.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'rialto-compile'))

const { buildWebIfStale } = await import('./web-build.ts')
const { main } = await import('../src/main.ts')

const packagesMs = process.env['RIALTO_PACKAGES_MS']
await main({
  packagesMs: packagesMs === undefined ? undefined : Number(packagesMs),
  prepareWeb: buildWebIfStale,
})
