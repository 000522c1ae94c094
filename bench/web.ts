// What pages cost: for visitors, whose pages come from memory, and for somebody who is signed in, whose pages are made each time.
// Beside each, a file of exactly the same bytes from the same server.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { buildWebIfStale } from '../scripts/web-build.ts'
import type { Bench, BenchContext, CaseResult } from './harness.ts'
import { signInBuyer } from './identity/set-up.ts'
import { startServer } from './marketplace/server-process.ts'
import type { ServerProcess } from './marketplace/server-process.ts'
import { measureBesideFile } from './web/load.ts'
import { readPage } from './web/page.ts'

const rootDir = join(import.meta.dirname, '..')

interface PageCase {
  readonly name: string
  readonly path: string
  readonly isSignedIn?: boolean
}

const cases: readonly PageCase[] = [
  { name: 'home', path: '/' },
  { name: 'list', path: '/agents' },
  { name: 'agent', path: '/agents/openhands' },
  { name: 'agent-signed-in', path: '/agents/openhands', isSignedIn: true },
]

/** A file's name under /; its bytes are written once they are known, before it is first asked for. */
const floorFile = (name: string): string => `floor-${name}.txt`

export const bench: Bench = {
  name: 'web',
  floorIs: 'a file of the same bytes as the page, from the memory of the same server, asked for in the same way',
  async run(context) {
    await buildWebIfStale()
    const dataDir = await mkdtemp(join(tmpdir(), 'rialto-bench-'))
    // Inside the project, because the built pages import its packages.
    const webRoot = await mkdtemp(join(rootDir, 'dist', 'bench-'))
    const clientDir = join(webRoot, 'dist', 'web', 'client')
    await cp(join(rootDir, 'dist', 'web'), join(webRoot, 'dist', 'web'), { recursive: true })
    for (const { name } of cases) await writeFile(join(clientDir, floorFile(name)), '')
    const database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
    try {
      const server = await startServer({ databaseUrl: database.url, dataDir, webRoot })
      try {
        const cookie = await signInBuyer({ origin: server.origin, dataDir })
        return await measure({ server, clientDir, cookie }, context)
      } finally {
        await server.stop()
      }
    } finally {
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
      await rm(webRoot, { recursive: true, force: true })
    }
  },
}

interface Place {
  readonly server: ServerProcess
  readonly clientDir: string
  readonly cookie: string
}

async function measure({ server, clientDir, cookie }: Place, { say }: BenchContext): Promise<CaseResult[]> {
  const { origin, cpuUs } = server
  const results: CaseResult[] = []
  for (const { name, path, isSignedIn } of cases) {
    const headers = { 'accept-encoding': 'br', ...(isSignedIn === true && { cookie }) }
    const page = await readPage({ origin, path, headers })
    await writeFile(join(clientDir, floorFile(name)), page.html)
    const floor = `${origin}/${floorFile(name)}`
    results.push({
      ...(await measureBesideFile({ name, url: origin + path, headers, floor, cpuUs })),
      ...page.bytes,
    })
    say(`${name} measured: ${JSON.stringify(page.bytes)}`)
  }
  const file = `${origin}/${floorFile('home')}`
  results.push(
    await measureBesideFile({
      name: 'static-floor',
      url: file,
      headers: { 'accept-encoding': 'br' },
      floor: file,
      cpuUs,
    }),
  )
  return results
}
