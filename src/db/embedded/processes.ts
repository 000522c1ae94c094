// Tells our PostgreSQL from other programs by what the operating system knows about a process.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { platform } from 'node:process'
import type { Layout } from './layout.ts'
import { encodeFolder, folderSetting } from './settings.ts'

const listLimitMs = 10_000

/** False for a process that has ended, even if nobody has reaped it (a container without an init). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return platform !== 'linux' || !/^State:\s+Z/m.test(read(`/proc/${pid}/status`))
}

/** True when the process is PostgreSQL on this very folder, and not another program that was given its number. */
export function isPostgresOf(pid: number, layout: Layout): boolean {
  if (!isAlive(pid)) return false
  // The command line is readable where the working folder is not, as for root in a container; the working folder is right
  // where the command line is not, as after the data folder was moved.
  return commandLine(pid).includes(signOf(layout)) || (platform === 'linux' && worksIn(pid, layout.cluster))
}

/** True when any process was started as this folder's PostgreSQL. */
export function somePostgresOf(layout: Layout): boolean {
  const sign = signOf(layout)
  if (platform === 'linux') {
    return readdirSync('/proc').some((name) => /^\d+$/.test(name) && commandLine(Number(name)).includes(sign))
  }
  return (
    platform === 'win32'
      ? powershell('Get-CimInstance Win32_Process | ForEach-Object CommandLine')
      : program('ps', ['-ww', '-A', '-o', 'command='])
  ).includes(sign)
}

const signOf = (layout: Layout): string => `${folderSetting}=${encodeFolder(layout.dataDir)}`

function commandLine(pid: number): string {
  if (platform === 'linux') return read(`/proc/${pid}/cmdline`)
  return platform === 'win32'
    ? powershell(`(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`)
    : program('ps', ['-ww', '-o', 'command=', '-p', String(pid)])
}

function worksIn(pid: number, folder: string): boolean {
  try {
    const [theirs, ours] = [statSync(`/proc/${pid}/cwd`), statSync(folder)]
    return theirs.ino === ours.ino && theirs.dev === ours.dev
  } catch {
    return false
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const powershell = (script: string): string => program('powershell', ['-NoProfile', '-Command', script])

function program(name: string, args: readonly string[]): string {
  try {
    return execFileSync(name, args, { encoding: 'utf8', timeout: listLimitMs, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}
