import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Deps } from '#src/deps.ts'

interface SampleProcess {
  readonly slug: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

export interface RunningSample {
  /** Resolves when it serves, at the latest after 20 s; a sample that doesn't come up is logged, never fatal. */
  readonly ready: Promise<boolean>
  stop(): Promise<void>
}

const readyLimitMs = 20_000
const restartPauseMsMin = 500
const restartPauseMsMax = 30_000
const stopLimitMs = 2_000

/** Runs a sample as a process of its own, and again when it dies. It sees its own settings only, none of ours. */
export function runSample(
  { config, log }: Pick<Deps, 'config' | 'log'>,
  { slug, folder, environment }: SampleProcess,
): RunningSample {
  const { promise: ready, resolve } = Promise.withResolvers<boolean>()
  const readyTimer = setTimeout(() => resolve(false), readyLimitMs)
  let child: ChildProcess
  let restartTimer: NodeJS.Timeout | undefined
  let restartPauseMs = restartPauseMsMin
  let isStopping = false

  const start = (): void => {
    child = spawn(process.execPath, [join(config.rootDir, folder, 'src', 'server.ts')], {
      cwd: join(config.rootDir, folder),
      // Where a start keeps what it compiled: a third of a sample's own start was stripping types.
      env: { NODE_COMPILE_CACHE: join(config.rootDir, 'node_modules', '.cache', 'rialto-compile'), ...environment },
      // The channel carries nothing: its end tells the sample that we are gone, also after kill -9.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    child.stdout?.once('data', () => {
      restartPauseMs = restartPauseMsMin
      resolve(true)
    })
    child.stderr?.on('data', (chunk: Buffer) =>
      log.debug({ slug, said: chunk.toString().slice(0, 2_000) }, 'a sample agent'),
    )
    child.on('error', (error) => log.warn({ slug, err: error }, 'a sample agent could not be started'))
    child.on('exit', (code) => {
      if (isStopping) return
      log.warn({ slug, code, restartPauseMs }, 'a sample agent ended; starting it again')
      restartTimer = setTimeout(start, restartPauseMs)
      restartPauseMs = Math.min(restartPauseMs * 2, restartPauseMsMax)
    })
  }
  start()
  return {
    ready: ready.finally(() => clearTimeout(readyTimer)),
    stop: async () => {
      isStopping = true
      clearTimeout(restartTimer)
      resolve(false)
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await gone
      clearTimeout(force)
    },
  }
}
