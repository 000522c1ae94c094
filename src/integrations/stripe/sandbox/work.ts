// Transactions: each write is alone, so that two processes never bill the same period.
import type { Pool, PoolClient } from 'pg'
import { StripeFailure } from './errors.ts'
import { prepareSchema, sandboxLock } from './schema.ts'
import { createStore } from './store.ts'
import type { Settings, Store } from './store.ts'
import { createTurns } from './turns.ts'

/** Asked once in a statement; in a bare comparison it would be asked for each row, and no index would serve. */
const nowSeconds = '(SELECT floor(extract(epoch FROM rialto_now()))::bigint)'

export type Work = ReturnType<typeof createWork>

interface Request {
  readonly id: string
  readonly idempotencyKey: string | null
}

export function createWork({ pool, settings }: { pool: Pool; settings: Settings }) {
  let prepared: Promise<void> | undefined

  const prepare = (): Promise<void> => {
    prepared ??= inTransaction(pool, prepareSchema).catch((error: unknown) => {
      prepared = undefined
      throw error
    })
    return prepared
  }

  // Calls of this process wait here and not in the database, where each would hold a connection of the pool that everything
  // else works with: Stripe itself takes none either.
  const inTurn = createTurns()

  const reading = async <T>(job: (store: Store) => Promise<T>): Promise<T> => {
    await prepare()
    // One snapshot, so that a list and what it expands belong together.
    return inTurn(() =>
      inTransaction(pool, async (client) => {
        await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
        return job(createStore({ client, settings, now: await businessNow(client), request: undefined }))
      }),
    )
  }

  const alone = <T>(job: (client: PoolClient) => Promise<T>): Promise<T> =>
    inTurn(() =>
      inTransaction(pool, async (client) => {
        await client.query(`SELECT pg_advisory_xact_lock(${BigInt(sandboxLock)})`)
        return job(client)
      }),
    )

  const writing = async <T>(job: (store: Store) => Promise<T>, request?: Request): Promise<T> => {
    await prepare()
    return alone(async (client) => {
      const store = createStore({ client, settings, now: await businessNow(client), request })
      const result = await job(store)
      await store.flush()
      return result
    })
  }

  const isAnythingDue = async (): Promise<boolean> => {
    await prepare()
    const { rowCount } = await inTurn(() =>
      pool.query(`SELECT FROM stripe_sandbox.objects WHERE due <= ${nowSeconds} LIMIT 1`),
    )
    return rowCount === 1
  }

  /** Undefined: nothing will ever be due. */
  const nextDueAt = async (): Promise<Date | undefined> => {
    await prepare()
    const { rows } = await pool.query<{ due: number | null }>(
      'SELECT min(due)::float8 AS due FROM stripe_sandbox.objects WHERE due IS NOT NULL',
    )
    const due = rows[0]?.due ?? null
    return due === null ? undefined : new Date(due * 1000)
  }

  /** Runs the job for the object that is due first, with its due moment as the time. */
  const nextDue = async (job: (store: Store, id: string) => Promise<void>): Promise<void> =>
    alone(async (client) => {
      // A schedule changes what its subscription is about to be billed for at the same moment.
      const { rows } = await client.query<{ id: string; due: string; now: number }>(
        `SELECT id, due, greatest(due, (doc->>'created')::bigint)::float8 AS now FROM stripe_sandbox.objects
         WHERE due <= ${nowSeconds}
         ORDER BY due, kind = 'subscription_schedule' DESC, seq LIMIT 1`,
      )
      const [first] = rows
      if (!first) return
      const store = createStore({ client, settings, now: first.now, request: undefined })
      await job(store, first.id)
      await store.flush()
      const { rowCount: isStuck } = await client.query(
        'SELECT FROM stripe_sandbox.objects WHERE id = $1 AND due = $2',
        [first.id, first.due],
      )
      // Time would stand still for everything else.
      if (isStuck !== 0) throw new Error(`${first.id} is still due after it was seen to`)
    })

  return { reading, writing, isAnythingDue, nextDue, nextDueAt, prepare }
}

async function businessNow(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ now: number }>(`SELECT ${nowSeconds}::float8 AS now`)
  const now = rows[0]?.now
  if (now === undefined) throw new Error('rialto_now() gave no time')
  return now
}

async function inTransaction<T>(pool: Pool, job: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await job(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
    throw error
  }
}

export const keepsChanges = (error: unknown): error is StripeFailure =>
  error instanceof StripeFailure && error.keepsChanges
