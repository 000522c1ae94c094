// Reads postmaster.pid: which process runs PostgreSQL on this data folder, and on which port.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { platform } from 'node:process'
import type { Layout } from './layout.ts'
import { encodeFolder, folderSetting } from './settings.ts'

export interface PidFile {
  readonly pid: number
  readonly port: number
  /** 'starting', 'ready', 'stopping'…; empty until PostgreSQL has written it. */
  readonly status: string
}

/** Greater than any process id, yet a number PostgreSQL accepts: it takes the process for gone. */
const nobodysPid = 2_147_483_646

/** Undefined when there is none, or when it is still being written. */
export async function findPidFile(layout: Layout): Promise<PidFile | undefined> {
  const text = await readFile(layout.pidFile, 'utf8').catch(() => '')
  return parsePidFile(text)
}

export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  return Number.isSafeInteger(pid) && pid > 0 && Number.isSafeInteger(port)
    ? { pid, port, status: lines[7]?.trim() ?? '' }
    : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** An orphan that nobody reaps (a container without an init) still answers to signals. */
function isZombie(pid: number): boolean {
  if (platform !== 'linux') return false
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** True when the process is PostgreSQL on this very folder, and not one that got its number after a restart. */
export function isPostgresOf(pid: number, layout: Layout): boolean {
  if (!isAlive(pid)) return false
  try {
    if (platform === 'linux') {
      const theirs = statSync(`/proc/${pid}/cwd`)
      const ours = statSync(layout.cluster)
      return theirs.ino === ours.ino && theirs.dev === ours.dev
    }
    return commandLine(pid).includes(`${folderSetting}=${encodeFolder(layout.dataDir)}`)
  } catch {
    return false
  }
}

const commandLine = (pid: number): string =>
  platform === 'win32'
    ? execFileSync(
        'powershell',
        ['-NoProfile', '-Command', `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`],
        { encoding: 'utf8', timeout: 10_000 },
      )
    : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8', timeout: 10_000 })

/**
 * PostgreSQL refuses to start while the pid in the file is alive, whosever it is. This changes only the pid, so that
 * PostgreSQL still looks for surviving workers of the dead server by the shared memory named in the same file.
 */
export function disownPidFile(layout: Layout, stale: PidFile): void {
  const text = readFileSync(layout.pidFile, 'utf8')
  const current = parsePidFile(text)
  if (current !== undefined && current.pid !== stale.pid) return
  writeFileSync(layout.pidFile, [nobodysPid, ...text.split('\n').slice(1)].join('\n'))
}
