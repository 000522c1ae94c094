import { eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { jobPositions } from '#src/db/schema/index.ts'
import type { Drift } from './compare.ts'

/** Going through all subscriptions in order of their ids. Moments are milliseconds since 1970, by the database. */
export interface Walk {
  readonly startedAt: number
  /** Everything up to this id has been looked at. */
  readonly after: string
}

export interface ReconcileState {
  /** Undefined: none is under way. */
  readonly walk?: Walk
  /** When the last complete walk started. */
  readonly walkedAt?: number
  /** Which part of all subscriptions is due, changed or not. */
  readonly part: number
  /** What was found and has not been found right since. */
  readonly drifting: readonly Drift[]
}

const job = 'usage-reconcile'

export async function readState(db: Database): Promise<{ readonly state: ReconcileState; readonly now: number }> {
  const { rows } = await db.execute<{ position: Partial<ReconcileState> | null; now: number }>(sql`
    SELECT (SELECT position FROM job_positions WHERE job = ${job}) AS position,
      (extract(epoch FROM now()) * 1000)::float8 AS now`)
  const [row] = rows
  return { state: { part: 0, drifting: [], ...row?.position }, now: row?.now ?? 0 }
}

export async function saveState(tx: Transaction | Database, state: ReconcileState): Promise<void> {
  const position = { ...state }
  await tx
    .insert(jobPositions)
    .values({ job, position })
    .onConflictDoUpdate({ target: jobPositions.job, set: { position, updatedAt: sql`now()` } })
}

/** Undefined: nobody has looked yet. */
export async function countDrifting(db: Database): Promise<number | undefined> {
  const [row] = await db
    .select({ drifting: sql<number>`jsonb_array_length(${jobPositions.position}->'drifting')` })
    .from(jobPositions)
    .where(eq(jobPositions.job, job))
  return row?.drifting
}
