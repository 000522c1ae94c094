import { count, eq, sql } from 'drizzle-orm'
import { agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { noticeDays } from '#src/features/pricing/index.ts'

/** What the page for publishers says of this marketplace in numbers. */
export interface Publishing {
  /** Agents and directory entries that are listed now. */
  readonly listed: number
  /** Of them, entries that nobody has claimed. */
  readonly unclaimed: number
  /** Before a price or a limit changes for those who subscribed. */
  readonly noticeDays: number
  readonly payments: 'sandbox' | 'test' | 'live'
}

export async function readPublishing({ db, payments }: Pick<Deps, 'db' | 'payments'>): Promise<Publishing> {
  const [row] = await db
    .select({
      listed: count(),
      unclaimed: sql<number>`count(*) FILTER (WHERE ${agents.listing} = 'directory_entry')`.mapWith(Number),
    })
    .from(agents)
    .where(eq(agents.status, 'published'))
  return { listed: row?.listed ?? 0, unclaimed: row?.unclaimed ?? 0, noticeDays, payments: payments.environment }
}
