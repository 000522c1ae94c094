// One process's connection to the server of its data folder: joins the one that runs, or starts it.
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { superuser } from './cluster.ts'
import type { Context } from './context.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { explain } from './explain.ts'
import { disownPidFile, findPidFile, removeUnreadablePidFile } from './pid-file.ts'
import type { PidFile } from './pid-file.ts'
import { isAlive, isPostgresOf } from './processes.ts'
import { choosePort, rememberPort, startServer } from './server.ts'
import type { StartedServer } from './server.ts'

const joinLimitMs = 60_000
/** A server that says it is starting is replaying its log after a crash, which takes as long as it takes. */
const recoveryLimitMs = 600_000
const pollMsMin = 2
const pollMsMax = 50
/** Together about 15 s: that long may a query of a killed server's surviving worker go on, which keeps a new one out. */
const startsMax = 40
const startPauseMsMax = 500

/** Held shared by each process that uses the server, and exclusively by the one that stops it. */
const useLock = "hashtextextended('rialto: uses this server', 0)"

export interface Session {
  readonly client: Client
  readonly pid: number
  readonly port: number
  /** True when the server was running already. */
  readonly adopted: boolean
}

interface SessionOptions {
  password: string
  /** Insists on this one, for a restart under clients that know it. */
  port?: number
  /** Gives up waiting, unless a server has been started, which must then be waited for to be stopped again. */
  signal?: AbortSignal
}

/**
 * Returns connected and counted as a user of the server. Throws `EmbeddedDatabaseError` when it can't be started, or after
 * a minute; ten minutes while it is recovering.
 */
export async function openSession(context: Context, { password, port, signal }: SessionOptions): Promise<Session> {
  const { layout } = context
  const begunAt = performance.now()
  let started: StartedServer | undefined
  let starts = 0
  let pollMs = pollMsMin
  let obstacle = 'PostgreSQL did not answer'
  let limitMs = joinLimitMs
  while (performance.now() - begunAt < limitMs) {
    if (started === undefined) signal?.throwIfAborted()
    const words = started?.ended()
    if (words !== undefined) {
      started = undefined
      obstacle = words
      if (starts >= startsMax || !mayPass(context, words)) break
    }

    const running = await findPidFile(layout)
    if (running !== undefined && (running.pid === started?.pid || isPostgresOf(running.pid, layout))) {
      const attempt = await join({ running, password, context })
      if (attempt.kind === 'joined') {
        await rememberPort(layout, running)
        return { client: attempt.client, pid: running.pid, port: running.port, adopted: running.pid !== started?.pid }
      }
      obstacle = attempt.obstacle
      if (running.status === 'starting') limitMs = recoveryLimitMs
    } else if (started === undefined) {
      await sleep(Math.min(starts * 20, startPauseMsMax))
      if (running !== undefined && isAlive(running.pid)) disownPidFile(layout, running)
      starts += 1
      started = startServer({
        ...context,
        binaries: await context.binaries(),
        port: port ?? (await choosePort(layout)),
      })
    }
    await sleep(pollMs)
    pollMs = Math.min(pollMs * 1.5, pollMsMax)
  }
  throw explain({ ...context, doing: 'start', error: new Error(obstacle) })
}

/** Lets the server go. True when nobody else uses it: then it is ours to stop, and newcomers wait until we have. */
export async function releaseSession({ client }: Session): Promise<boolean> {
  await client.query(`SELECT pg_advisory_unlock_shared(${useLock})`)
  const { rows } = await client.query<{ alone: boolean }>(`SELECT pg_try_advisory_lock(${useLock}) AS alone`)
  return rows[0]?.alone === true
}

type Attempt = { kind: 'joined'; client: Client } | { kind: 'not yet'; obstacle: string }

async function join({
  running,
  password,
  context,
}: {
  running: PidFile
  password: string
  context: Context
}): Promise<Attempt> {
  const client = new Client({
    host: '127.0.0.1',
    port: running.port,
    user: superuser,
    database: 'postgres',
    password,
    application_name: 'rialto',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  // Without a listener a lost connection would end the process; the session's owner hears of it by 'end'.
  client.on('error', () => {})
  try {
    await client.connect()
    // Waits for one who is stopping the server; then this connection ends, and the caller starts the server anew.
    await client.query("SET lock_timeout = '30s'")
    await client.query(`SELECT pg_advisory_lock_shared(${useLock})`)
    return { kind: 'joined', client }
  } catch (error) {
    // The error on its way is the one to tell; this connection may be gone already.
    await client.end().catch(() => {})
    const { code, message } = error as Error & { code?: unknown }
    if (code === '28P01' && running.status === 'ready') throw wrongPassword(context, running, error)
    return { kind: 'not yet', obstacle: message }
  }
}

/** Whether trying again can help after a server has ended with these words. */
function mayPass({ layout }: Context, words: string): boolean {
  // Another process is starting it, or took the port between our look and its use, or a killed server's workers linger.
  if (/already exists|pre-existing shared memory|could not bind|could not create any TCP/.test(words)) return true
  if (/lock file "postmaster.pid" is empty|bogus data in lock file/.test(words)) {
    removeUnreadablePidFile(layout)
    return true
  }
  return false
}

function wrongPassword({ layout }: Context, { pid }: PidFile, cause: unknown) {
  return new EmbeddedDatabaseError({
    sentence: `The running PostgreSQL of ${layout.cluster} (process ${pid}) does not accept the password in ${layout.passwordFile}.`,
    remedy: `kill -INT ${pid}; rm '${layout.passwordFile}', and start again: a new password will be set`,
    cause,
  })
}
