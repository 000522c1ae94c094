// From the start of the process to the first served page: on an empty data folder, and on one that was there.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildWebIfStale } from '../scripts/web-build.ts'
import { quantile, summarize } from './harness.ts'
import type { Bench } from './harness.ts'

const rootDir = join(import.meta.dirname, '..')
const repeats = 5
const limitMs = 60_000
const pollMs = 5

export const bench: Bench = {
  name: 'start',
  floorIs: 'a Node process that opens the same embedded database and does nothing else',
  async run({ say }) {
    // Building the pages is a step of its own, taken only when their sources changed.
    await buildWebIfStale()
    const cold = { ours: [] as number[], floor: [] as number[] }
    const warm = { ours: [] as number[], floor: [] as number[] }
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const [ours, floor] = await Promise.all([emptyFolder(), emptyFolder()])
      try {
        cold.ours.push(await timeToFirstPage(ours))
        cold.floor.push(await timeToDatabase(floor))
        warm.ours.push(await timeToFirstPage(ours))
        warm.floor.push(await timeToDatabase(floor))
      } finally {
        await Promise.all([ours, floor].map((folder) => rm(folder, { recursive: true, force: true })))
      }
      say(`repeat ${repeat + 1} of ${repeats}`)
    }
    return [
      summarize({ name: 'cold-migrations', values: cold.ours, unit: 'ms', floor: quantile(cold.floor, 0.5) }),
      summarize({ name: 'warm', values: warm.ours, unit: 'ms', floor: quantile(warm.floor, 0.5) }),
    ]
  },
}

const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'rialto-bench-start-'))

/** What `pnpm start` runs once the packages are there, until the catalogue's page has arrived whole. */
async function timeToFirstPage(dataDir: string): Promise<number> {
  const port = await freePort()
  const startedAt = performance.now()
  const child = spawn(process.execPath, [join(rootDir, 'scripts', 'start.ts')], {
    cwd: rootDir,
    env: { ...process.env, RIALTO_DATA_DIR: dataDir, PORT: String(port) },
    stdio: 'ignore',
  })
  while (performance.now() - startedAt < limitMs) {
    if (await servesCatalogue(port)) {
      const tookMs = performance.now() - startedAt
      await stop(child)
      return tookMs
    }
    await sleep(pollMs)
  }
  await stop(child)
  throw new Error(`no page within ${limitMs} ms`)
}

async function servesCatalogue(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://localhost:${port}/agents`)
    await response.text()
    return response.status === 200
  } catch {
    // Nobody listens yet.
    return false
  }
}

async function timeToDatabase(dataDir: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start', 'database-only.ts'), dataDir], {
    cwd: rootDir,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  await once(child.stdout, 'data')
  const tookMs = performance.now() - startedAt
  child.stdin.end()
  await once(child, 'exit')
  return tookMs
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
