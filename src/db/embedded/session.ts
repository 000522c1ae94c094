// One process's connection to the server of its data folder: joins the one that runs, or starts it.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { superuser } from './cluster.ts'
import type { Context } from './context.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { explain } from './explain.ts'
import { disownPidFile, findPidFile, isAlive, isPostgresOf, type PidFile } from './pid-file.ts'
import { choosePort, rememberPort, startServer, type StartedServer } from './server.ts'

/** Recovery after a crash under load takes seconds; a minute means something is wrong. */
const joinLimitMs = 60_000
const pauseMsMin = 2
const pauseMsMax = 50
const startsMax = 40

/** Held shared by each process that uses the server, and exclusively by the one that stops it. */
const useLock = "hashtextextended('rialto: uses this server', 0)"

export interface Session {
  readonly client: pg.Client
  readonly pid: number
  readonly port: number
  /** True when the server was running already. */
  readonly adopted: boolean
}

/**
 * Returns connected and counted as a user of the server. `port` insists on one, for a restart under clients that know it.
 * Throws {@link EmbeddedDatabaseError} when the server can't be started, or after a minute.
 */
export async function openSession(
  context: Context,
  { password, port, signal }: { password: string; port?: number | undefined; signal?: AbortSignal },
): Promise<Session> {
  const { layout } = context
  let started: StartedServer | undefined
  let starts = 0
  let pauseMs = pauseMsMin
  let obstacle = 'PostgreSQL did not answer'
  for (
    const deadline = Date.now() + joinLimitMs;
    Date.now() < deadline;
    pauseMs = Math.min(pauseMs * 1.5, pauseMsMax)
  ) {
    signal?.throwIfAborted()
    const ended = started?.ended()
    if (ended !== undefined) {
      obstacle = ended.words
      started = undefined
      if (!passes(obstacle) || starts >= startsMax)
        throw explain({ doing: 'start', ...context, error: new Error(obstacle) })
      pauseMs = pauseMsMax
    }

    const running = await findPidFile(layout)
    if (running !== undefined && (running.pid === started?.pid || isPostgresOf(running.pid, layout))) {
      const attempt = await join({ running, password, context })
      if (attempt.kind === 'joined') {
        await rememberPort(layout, running)
        return { client: attempt.client, ...running, adopted: running.pid !== started?.pid }
      }
      obstacle = attempt.obstacle
    } else if (started === undefined) {
      if (running !== undefined && isAlive(running.pid)) disownPidFile(layout, running)
      starts += 1
      started = startServer({
        ...context,
        binaries: await context.binaries(),
        port: port ?? (await choosePort(layout)),
      })
    }
    await sleep(pauseMs)
  }
  throw explain({ doing: 'start', ...context, error: new Error(obstacle) })
}

/** Lets the server go. True when nobody else uses it: then it is ours to stop, and newcomers wait until we have. */
export async function releaseSession({ client }: Session): Promise<boolean> {
  await client.query(`SELECT pg_advisory_unlock_shared(${useLock})`)
  const { rows } = await client.query<{ alone: boolean }>(`SELECT pg_try_advisory_lock(${useLock}) AS alone`)
  return rows[0]?.alone === true
}

type Attempt = { kind: 'joined'; client: pg.Client } | { kind: 'not yet'; obstacle: string }

async function join({
  running,
  password,
  context,
}: {
  running: PidFile
  password: string
  context: Context
}): Promise<Attempt> {
  const client = new pg.Client({
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
    // Waits for the one who is stopping the server; then the connection ends, and the caller starts it anew.
    await client.query("SET lock_timeout = '30s'")
    await client.query(`SELECT pg_advisory_lock_shared(${useLock})`)
    return { kind: 'joined', client }
  } catch (error) {
    await client.end().catch(() => {})
    if ((error as { code?: unknown }).code === '28P01' && running.status === 'ready')
      throw wrongPassword(context, running, error)
    return { kind: 'not yet', obstacle: error instanceof Error ? error.message : String(error) }
  }
}

/** Whether trying again can help: another process is starting or ending the server, or took the port between look and use. */
const passes = (words: string): boolean =>
  /postmaster\.pid" already exists|pre-existing shared memory block|could not bind|could not create any TCP/.test(words)

function wrongPassword({ layout }: Context, { pid }: PidFile, cause: unknown) {
  return new EmbeddedDatabaseError({
    sentence: `The running PostgreSQL of ${layout.cluster} (process ${pid}) does not accept the password in ${layout.passwordFile}.`,
    remedy: `kill -INT ${pid}; rm '${layout.passwordFile}', and start again: a new password will be set`,
    cause,
  })
}
