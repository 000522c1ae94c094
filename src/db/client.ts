import { drizzle } from 'drizzle-orm/node-postgres'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import * as schema from './schema/index.ts'

type Schema = typeof schema
export type Database = NodePgDatabase<Schema> & { $client: Pool }
/** What a verb gets inside `db.transaction(…)`. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

export interface PoolOptions {
  readonly url: string
  /** Connections this process may hold at once. */
  readonly max: number
  /** Hears of connections that break while nobody uses them; without a listener Node would end the process. */
  readonly onError: (error: Error) => void
}

/** A caller waits this long for a free connection, then it is better off with a 503 than in a queue. */
const connectionWaitMs = 5_000
/** No request is worth more. The client's own limit, because PgBouncer refuses `statement_timeout` at connect. */
const queryMs = 30_000
const idleMs = 30_000
/** Connections are renewed, so that after a failover none stays on a server that became a replica. */
const lifetimeSeconds = 1_800

export function createPool({ url, max, onError }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: 'rialto',
    connectionTimeoutMillis: connectionWaitMs,
    query_timeout: queryMs,
    idleTimeoutMillis: idleMs,
    maxLifetimeSeconds: lifetimeSeconds,
    keepAlive: true,
  })
  pool.on('error', onError)
  // The pool listens to connections that nobody uses. One that breaks within a transaction fails its statements; unheard, its
  // event would end the process as well.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

export const createDatabase = (pool: Pool): Database => drizzle(pool, { schema })
