import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { holdPosition, savePosition } from '../job-position.ts'
import { addToDays } from './add-to-days.ts'
import type { Range } from './add-to-days.ts'
import { addToUsageDays } from './add-to-usage-days.ts'
import { nextStep } from './following.ts'
import type { Pace, Position, Present } from './following.ts'

/** Entries in one transaction: tens of milliseconds. */
const chunk = 20_000
const settleMs = 30_000
/** Ten million entries; the next run goes on. */
const stepsMax = 500

/** Each goes at its own pace, so that what is added later begins at the ledger's start. */
const followers = [
  { job: 'usage-roll-up', add: addToDays },
  { job: 'usage-daily', add: addToUsageDays },
] as const

interface Follower {
  readonly job: string
  readonly add: (tx: Transaction, range: Range) => Promise<void>
}

interface RollUp extends Partial<Pace> {
  readonly db: Database
}

/**
 * Adds what is new in the ledger to the agents' days, and to the subscriptions'. Each entry is added once: how far it has come is written in the transaction
 * that adds, which one process at a time holds. So it may be run again, be cut off, and find entries of days long past.
 */
export async function rollUp({ db, ...pace }: RollUp): Promise<void> {
  for (const follower of followers) await follow(follower, { db, ...pace })
}

async function follow(follower: Follower, { db, ...pace }: RollUp): Promise<void> {
  for (let step = 0; step < stepsMax; step++) {
    // Before the transaction has a number: whoever has written up to here has a lower one.
    const seq = await lastNumberGiven(db)
    const isIdle = await db.transaction((tx) => goOn(tx, follower, { seq, pace: { chunk, settleMs, ...pace } }))
    if (isIdle) return
  }
}

async function goOn(
  tx: Transaction,
  { job, add }: Follower,
  { seq, pace }: { readonly seq: number; readonly pace: Pace },
): Promise<boolean> {
  const stored = await holdPosition(tx, job)
  if (stored === undefined) return true
  // Only written below.
  const position: Position = { done: 0, ...(stored as Partial<Position>) }
  const step = nextStep(position, { seq, ...(await readPresent(tx)) }, pace)
  if (step.kind === 'wait') return true
  if (step.kind === 'read') await add(tx, step)
  await savePosition(tx, { job, position: { ...step.position } })
  return false
}

async function lastNumberGiven(db: Database): Promise<number> {
  const { rows } = await db.execute<{ seq: string }>(
    sql`SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS seq FROM usage_ledger_seq`,
  )
  return Number(rows[0]?.seq ?? 0)
}

async function readPresent(tx: Transaction): Promise<Omit<Present, 'seq'>> {
  const { rows } = await tx.execute<{ xid: string; oldest: string; now: number }>(sql`
    SELECT pg_current_xact_id()::text AS xid, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest,
      (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`)
  const [row] = rows
  if (row === undefined) throw new Error('PostgreSQL did not say where it is')
  return { xid: Number(row.xid), oldestXid: Number(row.oldest), now: new Date(row.now) }
}
