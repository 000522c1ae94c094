// Keeps one process's hold on the server: brings the server back when it dies, and lets it go at the end.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Context } from './context.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { takeServeLock } from './serve-lock.ts'
import type { ServeLock } from './serve-lock.ts'
import { stopServer } from './server.ts'
import { openSession, releaseSession } from './session.ts'
import type { Session } from './session.ts'

const retryMsMin = 100
const retryMsMax = 5_000

export interface HeldServer {
  readonly port: number
  readonly adopted: boolean
  /** The superuser's connection; another one after the server had to be brought back. */
  client(): Client
  holdServeLock(): Promise<ServeLock>
  close(): Promise<void>
  leaveRunning(): Promise<void>
}

export async function holdServer(context: Context, password: string): Promise<HeldServer> {
  const closing = new AbortController()
  const { signal } = closing
  let session = await openSession(context, { password })
  // Said again after the server had to be brought back.
  let announcedUrl: string | undefined
  let serves = false
  let rejoining: Promise<void> = Promise.resolve()
  let ended: Promise<void> | undefined
  const { port, adopted } = session
  watch()

  function watch(): void {
    session.client.once('end', () => {
      if (!signal.aborted) rejoining = rejoin()
    })
  }

  /** The address must stay the same, because pools know it; so this waits for the port rather than take another. */
  async function rejoin(): Promise<void> {
    context.log.warn('the embedded PostgreSQL went away; bringing it back')
    for (let retryMs = retryMsMin; !signal.aborted; retryMs = Math.min(retryMs * 2, retryMsMax)) {
      try {
        session = await openSession(context, { password, port, signal })
        watch()
        if (serves) await serveAgain()
        context.log.info('the embedded PostgreSQL is back')
        return
      } catch (error) {
        if (signal.aborted) return
        context.log.error(
          { err: error },
          error instanceof EmbeddedDatabaseError ? error.message : 'the embedded PostgreSQL is not back yet',
        )
        // Woken by the end of the process, which the loop sees.
        await sleep(retryMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** Somebody may have come first while the server was down; two that serve are a nuisance, not a danger to the data. */
  async function serveAgain(): Promise<void> {
    try {
      const lock = await takeServeLock(session.client, context.layout)
      if (announcedUrl !== undefined) await lock.announce(announcedUrl)
    } catch (error) {
      context.log.warn({ err: error }, 'another process serves this data folder now')
    }
  }

  async function end(finish: (session: Session) => Promise<void>): Promise<void> {
    closing.abort()
    await rejoining
    await finish(session)
  }

  return {
    port,
    adopted,
    client: () => session.client,
    async holdServeLock() {
      const lock = await takeServeLock(session.client, context.layout)
      serves = true
      return {
        announce: (url) => {
          announcedUrl = url
          return lock.announce(url)
        },
      }
    },
    close: () => (ended ??= end((last) => leave(context, last))),
    leaveRunning: () => (ended ??= end((last) => last.client.end())),
  }
}

/** A server that is gone already, or going, needs nothing more. */
async function leave(context: Context, session: Session): Promise<void> {
  try {
    if (!(await releaseSession(session))) return
    if (!(await stopServer({ ...context, pid: session.pid }))) {
      context.log.error(`PostgreSQL (process ${session.pid}) did not stop within a minute and was left running`)
    }
  } catch (error) {
    context.log.warn({ err: error }, 'the embedded PostgreSQL was gone before it could be let go')
  } finally {
    // The server it led to may have stopped first.
    await session.client.end().catch(() => {})
  }
}
