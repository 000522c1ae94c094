import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import type { Upcoming } from '#src/integrations/stripe/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { furthestFrom } from './target.ts'

export interface SandboxClock {
  /** Business time. */
  readonly now: string
  /** How far it is ahead of real time. */
  readonly offsetMs: number
  /** The latest moment that one go may lead to. */
  readonly furthest: string
  /** The first things that time changes. */
  readonly upcoming: (Omit<Upcoming, 'at'> & { readonly at: string })[]
  /** Webhooks that nobody has taken yet. */
  readonly undelivered: number
}

const upcomingMax = 8

/** Makes nothing: where nobody has paid yet, nothing is due. Throws `not_found` where payments are real. */
export async function readClock({ db, payments }: Pick<Deps, 'db' | 'payments'>): Promise<SandboxClock> {
  const { sandbox } = payments
  if (sandbox === undefined) throw new AppError('not_found')
  const { now, offsetMs } = await businessTime(db)
  const isInUse = await sandbox.isInUse()
  const upcoming = isInUse ? await sandbox.upcoming(upcomingMax) : []
  return {
    now: now.toISOString(),
    offsetMs,
    furthest: furthestFrom(now).toISOString(),
    upcoming: upcoming.map((thing) => ({ ...thing, at: thing.at.toISOString() })),
    undelivered: isInUse ? await sandbox.countUndelivered() : 0,
  }
}

export async function businessTime(db: Pick<Database, 'execute'>): Promise<{ now: Date; offsetMs: number }> {
  const { rows } = await db.execute<{ now: string; offset_ms: string }>(
    sql`SELECT to_json(rialto_now()) #>> '{}' AS now, clock_offset_ms AS offset_ms FROM installation`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('The installation has no row')
  return { now: new Date(row.now), offsetMs: Number(row.offset_ms) }
}
