// Starts and stops the PostgreSQL process itself. Who may do so, and when, is session.ts's business.
import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { platform } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { runIn } from './account.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { Context } from './context.ts'
import type { Layout } from './layout.ts'
import type { PidFile } from './pid-file.ts'
import { isAlive } from './processes.ts'
import { serverSettings } from './settings.ts'
import type { Durability } from './settings.ts'

const logBytesMax = 5 * 1024 ** 2
const logTailBytesMax = 16 * 1024
const stopLimitMs = 60_000

export interface StartedServer {
  readonly pid: number | undefined
  readonly port: number
  /** Undefined while it runs; then what it said last. */
  ended(): string | undefined
}

/** Starts PostgreSQL in a session of its own, so that it outlives this process, and returns without waiting for it. */
export function startServer({
  layout,
  account,
  binaries,
  port,
  durability,
}: {
  layout: Layout
  account: Account
  binaries: Binaries
  port: number
  durability: Durability
}): StartedServer {
  const { dataArgument, options } = runIn(layout.cluster, account)
  const settings = serverSettings({ port, dataDir: layout.dataDir, durability })
  const log = openLog(layout)
  let failure: string | undefined
  let exited = false
  try {
    const [program, args] =
      platform === 'win32'
        ? // pg_ctl gives up an administrator's rights, which PostgreSQL refuses on Windows as it does root elsewhere.
          [binaries.pgCtl, ['start', '--no-wait', '-D', dataArgument, '-l', layout.logFile, '-o', settings.join(' ')]]
        : [binaries.postgres, ['-D', dataArgument, ...settings]]
    const child = spawn(program, args, {
      ...options,
      detached: true,
      stdio: ['ignore', log.descriptor, log.descriptor],
    })
    child.once('error', (error) => (failure = error.message))
    child.once('exit', (code) => {
      // On Windows it is pg_ctl that has ended; the server goes on.
      exited = platform !== 'win32' || code !== 0
    })
    child.unref()
    return { pid: child.pid, port, ended: () => failure ?? (exited ? tailOf(layout, log.size) : undefined) }
  } finally {
    closeSync(log.descriptor)
  }
}

/** Stops the server without waiting for its clients, and waits until it is gone. False when it did not stop in time. */
export async function stopServer({ layout, binaries, pid }: Pick<Context, 'layout' | 'binaries'> & { pid: number }) {
  if (platform === 'win32') {
    const { pgCtl } = await binaries()
    await promisify(execFile)(pgCtl, ['stop', '-m', 'fast', '-t', String(stopLimitMs / 1000), '-D', layout.cluster])
    return true
  }
  signal(pid)
  for (const deadline = Date.now() + stopLimitMs; Date.now() < deadline;) {
    if (!isAlive(pid)) return true
    await sleep(5)
  }
  return false
}

/** SIGINT is PostgreSQL's fast shutdown: roll back what is open, write a checkpoint, end. */
function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The port used last while it is free, else one the system gives. */
export async function choosePort(layout: Layout): Promise<number> {
  const last = Number(await readFile(layout.portFile, 'utf8').catch(() => ''))
  const port = Number.isInteger(last) && last > 1023 && last < 65_536 ? await freePort(last) : undefined
  return port ?? (await freePort(0)) ?? 0
}

export const rememberPort = (layout: Layout, { port }: Pick<PidFile, 'port'>): Promise<void> =>
  writeFile(layout.portFile, `${port}\n`)

/** Undefined when the port is taken. */
const freePort = (wanted: number) =>
  new Promise<number | undefined>((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(undefined))
    probe.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })

function openLog(layout: Layout): { descriptor: number; size: number } {
  mkdirSync(dirname(layout.logFile), { recursive: true, mode: 0o700 })
  const size = statSync(layout.logFile, { throwIfNoEntry: false })?.size ?? 0
  if (size > logBytesMax) renameSync(layout.logFile, `${layout.logFile}.1`)
  return { descriptor: openSync(layout.logFile, 'a', 0o600), size: size > logBytesMax ? 0 : size }
}

/** What the log says from there on; its last words where that is long, and nothing when the folder is gone. */
function tailOf(layout: Layout, from: number): string {
  if (!existsSync(layout.logFile)) return 'its log is gone'
  const descriptor = openSync(layout.logFile, 'r')
  try {
    const size = statSync(layout.logFile).size
    const start = Math.max(from, size - logTailBytesMax)
    const buffer = Buffer.alloc(Math.max(0, size - start))
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, start))
  } finally {
    closeSync(descriptor)
  }
}
