// A whole installation as an operator has it: the server as a process of its own, with its embedded PostgreSQL on a folder that
// keeps data safe (fsync on). Both can be killed.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createDatabase, createPool } from '#src/db/client.ts'
import type { Database } from '#src/db/client.ts'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { freePort } from './free-port.ts'
import { startProcess } from './start-process.ts'

export interface Installation {
  readonly origin: string
  readonly deps: { readonly db: Database }
  /** kill -9, and the next one is started at once, as a supervisor does. Resolves while it is still starting. */
  killServer(): Promise<void>
  /** kill -9 of PostgreSQL. Nobody is told. */
  killDatabase(): void
  /** What ended the server that nobody has killed; undefined while it runs. */
  serverEnded(): number | NodeJS.Signals | undefined
  /** What the present server wrote. */
  output(): string
  stop(): Promise<void>
}

export async function startInstallation(): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rialto-installation-'))
  const origin = `http://localhost:${await freePort()}`
  // With an address of its own a server that starts again can't take another port.
  const start = () => startProcess({ RIALTO_DATA_DIR: dataDir, BASE_URL: origin, PORT: new URL(origin).port })
  let server = start()
  await server.origin()
  const pool = createPool({ url: await databaseUrl(dataDir), max: 2, onError: () => undefined })
  return {
    origin,
    deps: { db: createDatabase(pool) },
    killServer: async () => {
      server.child.kill('SIGKILL')
      await server.ended()
      server = start()
    },
    killDatabase: () => void process.kill(databasePid(dataDir), 'SIGKILL'),
    serverEnded: () => server.child.exitCode ?? server.child.signalCode ?? undefined,
    output: () => server.output(),
    stop: async () => {
      await pool.end()
      server.child.kill('SIGTERM')
      await server.ended()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Joins for a moment only: whoever holds the server would bring it back, and that is the installation's to do. */
async function databaseUrl(dataDir: string): Promise<string> {
  const database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
  await database.leaveRunning()
  return database.url
}

const databasePid = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
