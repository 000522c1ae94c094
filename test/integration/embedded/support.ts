// What the tests of the embedded database share: temporary data folders, processes that hold one, a look from outside.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { EmbeddedDatabaseError, openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import type { EmbeddedDatabase } from '#src/db/embedded/index.ts'

export const isRoot = process.geteuid?.() === 0

const log = pino({ level: 'silent' })

/** An empty folder, removed after the test together with a server that a failed test left in it. */
export function temporaryFolder(name = 'rialto-embedded-'): string {
  const folder = mkdtempSync(join(tmpdir(), name))
  onTestFinished(() => removeFolder(folder))
  return folder
}

/** A data folder for all tests of a file: the first to open it makes the database, which takes about a second. */
export function sharedFolder(): { readonly dataDir: string } {
  const shared = { dataDir: '' }
  beforeAll(() => {
    shared.dataDir = join(mkdtempSync(join(tmpdir(), 'rialto-embedded-')), 'data')
  })
  afterAll(() => {
    removeFolder(shared.dataDir)
    rmSync(dirname(shared.dataDir), { recursive: true, force: true })
  })
  return shared
}

function removeFolder(folder: string): void {
  const pid = serverPid(folder)
  if (pid !== undefined && isServer(pid)) process.kill(pid, 'SIGQUIT')
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

export async function open(dataDir: string): Promise<EmbeddedDatabase> {
  const database = await openEmbeddedDatabase({ dataDir, log })
  onTestFinished(() => database.close())
  return database
}

/** The explanation of a start that has to fail. */
export async function failureOf(start: Promise<unknown>): Promise<{ sentence: string; remedy: string }> {
  const error: unknown = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EmbeddedDatabaseError)) throw new Error('expected an explained failure', { cause: error })
  return { sentence: error.sentence, remedy: error.remedy }
}

export interface Holder {
  pid: number
  said: { url?: string; adopted?: boolean; sentence?: string; remedy?: string }
  kill(): Promise<void>
  close(): Promise<void>
}

/** Another process that opens the folder's database, and serves it when a URL is given. */
export async function startHolder(dataDir: string, serveUrl = ''): Promise<Holder> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), dataDir, serveUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve))
  return {
    pid: child.pid ?? 0,
    said: JSON.parse(line) as Holder['said'],
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async close() {
      child.stdin.write('close\n')
      await ended
    },
  }
}

export function serverPid(dataDir: string): number | undefined {
  const file = join(dataDir, 'postgres', 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
}

function isServer(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid > 1 && pid !== process.pid
  } catch {
    return false
  }
}

export async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Whether anything answers at the URL's port under another of this machine's addresses. */
export const answersAt = (url: string, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(new URL(url).port) })
    socket.once('connect', () => resolve(true) ?? socket.destroy())
    socket.once('error', () => resolve(false))
  })

/** Polls until it is true; fails the test after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('did not come true within 10 s')
}
