// `pnpm start`: builds the pages when their sources changed, then runs the marketplace in this very process.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Must come before the server's modules are loaded; it halves the second start.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'rialto-compile'))

// React chooses its build when it is loaded, and without this it is the development one: three times the CPU of a page.
process.env['NODE_ENV'] ??= 'production'

const { buildWebIfStale } = await import('./web-build.ts')
const { main } = await import('../src/main.ts')

const packagesMs = process.env['RIALTO_PACKAGES_MS']
await main({
  packagesMs: packagesMs === undefined ? undefined : Number(packagesMs),
  prepareWeb: buildWebIfStale,
})
