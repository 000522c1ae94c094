import { sql } from 'drizzle-orm'
import type { Deps } from '#src/deps.ts'
import { tellOnce } from './tell-once.ts'
import type { CounterKey, NoticeDeps } from './tell-once.ts'

/** Counters looked up at once. */
const pageMax = 500
/** More are left to the next run. */
const pagesMax = 20

/**
 * Mails what thresholds gave notice of, oldest first, each once: what is mailed and that it is are one transaction. Any number of
 * processes may do it at once. A mail that can't be made is logged and doesn't hold up the next; then this throws at the end, to
 * be tried again.
 */
export async function sendNotices(deps: NoticeDeps & Pick<Deps, 'log'>): Promise<void> {
  let failures = 0
  let after: string | undefined
  for (let page = 0; page < pagesMax; page++) {
    const { counters, last } = await findPending(deps, after)
    for (const counter of counters) {
      try {
        await deps.db.transaction((tx) => tellOnce(tx, { deps, counter }))
      } catch (error) {
        failures += 1
        deps.log.error({ err: error, ...counter }, 'usage: a notice could not be sent yet and will be tried again')
      }
    }
    if (last === undefined) break
    after = last
  }
  if (failures > 0) throw new Error(`${failures} notices could not be sent yet`)
}

interface Pending {
  readonly counters: readonly CounterKey[]
  /** Where the next page starts; undefined after the last one. Text, because a Date has no microseconds. */
  readonly last: string | undefined
}

async function findPending({ db }: NoticeDeps, after = '-infinity'): Promise<Pending> {
  const { rows } = await db.execute<{
    subscription_id: string
    metric_id: string
    period_start: string
    at: string
  }>(sql`
    SELECT subscription_id, metric_id, period_start::text, max(created_at)::text AS at
    FROM (
      SELECT * FROM usage_notices WHERE mailed_at IS NULL AND created_at > ${after}::timestamptz
      ORDER BY created_at LIMIT ${pageMax}
    ) AS pending
    GROUP BY subscription_id, metric_id, period_start ORDER BY max(created_at)`)
  const counters = rows.map((row) => ({
    subscriptionId: row.subscription_id,
    metricId: row.metric_id,
    periodStart: row.period_start,
  }))
  return { counters, last: rows.at(-1)?.at }
}
