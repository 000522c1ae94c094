// postmaster.pid: which process runs PostgreSQL on this data folder, and on which port.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Layout } from './layout.ts'
import { isAlive, somePostgresOf } from './processes.ts'

export interface PidFile {
  readonly pid: number
  readonly port: number
  /** 'starting', 'ready', 'stopping'…; empty until PostgreSQL has written it. */
  readonly status: string
}

/** Greater than any process id, yet a number PostgreSQL accepts: it takes the process for gone. */
const nobodysPid = 2_147_483_646

/** Undefined when there is none, or when it is still being written. */
export const findPidFile = async (layout: Layout): Promise<PidFile | undefined> =>
  parsePidFile(await readFile(layout.pidFile, 'utf8').catch(() => ''))

export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  const complete = Number.isSafeInteger(pid) && pid > 0 && Number.isSafeInteger(port) && port > 0 && port < 65_536
  return complete ? { pid, port, status: lines[7]?.trim() ?? '' } : undefined
}

/**
 * PostgreSQL refuses to start while the pid in the file is alive, whosever it is: after a reboot, or in a container, it
 * often is another program's. This changes only the pid, so that PostgreSQL still looks for surviving workers of the dead
 * server by the shared memory named in the same file.
 */
export function disownPidFile(layout: Layout, stale: PidFile): void {
  const text = readFileSync(layout.pidFile, 'utf8')
  if (parsePidFile(text)?.pid !== stale.pid || !isAlive(stale.pid)) return
  writeFileSync(layout.pidFile, [nobodysPid, ...text.split('\n').slice(1)].join('\n'))
}

/** Removes a pid file that a crash left unreadable, unless a server may be writing it at this moment. */
export function removeUnreadablePidFile(layout: Layout): void {
  if (!somePostgresOf(layout)) rmSync(layout.pidFile, { force: true })
}
