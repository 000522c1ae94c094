import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const rootDir = join(import.meta.dirname, '..', '..')
/** A start takes three seconds; ten times that, and more, while other things keep the processors. */
const startLimitMs = 90_000

export interface StartedProcess {
  readonly child: ChildProcess
  /** Everything it wrote so far. */
  output(): string
  /** The address it says it serves; rejects with its output when it ends or takes too long. */
  origin(): Promise<string>
  /** Its exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals>
}

/** What `pnpm start` runs, as a process of its own. */
export function startProcess(environment: Readonly<Record<string, string>>): StartedProcess {
  const child = spawn(process.execPath, [join(rootDir, 'scripts', 'start.ts')], {
    cwd: rootDir,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], RIALTO_LOG_LEVEL: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>

  return {
    child,
    output: () => output,
    origin: async () => {
      const deadline = Date.now() + startLimitMs
      while (Date.now() < deadline) {
        const origin = /^ {2}Open +(http\S+)/m.exec(output)?.[1]
        if (origin !== undefined) return new URL(origin).origin
        if (child.exitCode !== null || child.signalCode !== null) break
        await sleep(20)
      }
      throw new Error(`It did not come up:\n${output}`)
    },
    ended: async () => {
      const [code, signal] = await exited
      return code ?? signal ?? 'SIGKILL'
    },
  }
}

/** Asks again until `check` holds, for at most `limitMs`. */
export async function eventually<T>(check: () => Promise<T | undefined | false>, limitMs = 30_000): Promise<T> {
  const deadline = Date.now() + limitMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const value = await check()
      if (value !== undefined && value !== false) return value
    } catch (error) {
      last = error
    }
    await sleep(30)
  }
  throw new Error(`Did not come true within ${limitMs} ms`, { cause: last })
}
