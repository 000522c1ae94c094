// The marketplace in a process of its own, so that its CPU time is its own and the client does not slow it down.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface ServerProcess {
  readonly origin: string
  /** CPU time so far, in microseconds. */
  cpuUs(): Promise<number>
  stop(): Promise<void>
}

export interface ServerPlace {
  readonly databaseUrl: string
  readonly dataDir: string
  /** A folder with another `dist/web` than the project's own. */
  readonly webRoot?: string
}

const answerMs = 60_000

export async function startServer({ databaseUrl, dataDir, webRoot }: ServerPlace): Promise<ServerProcess> {
  const places = [databaseUrl, dataDir, ...(webRoot === undefined ? [] : [webRoot])]
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), places, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${String(code)}`)
  })
  // Heard wherever an answer is awaited; after `stop` its end is no failure.
  ended.catch(() => undefined)
  const answer = async <T>(key: string): Promise<T> => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), answerMs)
    try {
      const [message] = (await Promise.race([once(child, 'message', { signal: controller.signal }), ended])) as [
        Record<string, T>,
      ]
      return message[key] as T
    } finally {
      clearTimeout(timer)
    }
  }
  const origin = await answer<string>('origin')
  return {
    origin,
    cpuUs() {
      child.send('cpu')
      return answer<number>('cpuUs')
    },
    async stop() {
      const exit = once(child, 'exit')
      child.send('stop')
      await exit
    },
  }
}
