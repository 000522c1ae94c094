import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { compare } from './compare.ts'
import type { CounterFigures, Drift, LedgerSum } from './compare.ts'

/** Subscriptions looked at in one snapshot. */
export const subscriptionsMax = 50
/** Entries of one subscription summed in one statement, which so reads at most half a million. */
const pageMax = 10_000

/**
 * Counters of these subscriptions that differ from their ledger. Everything is read in one snapshot, in which a transaction is
 * there wholly or not at all: what is used meanwhile is no difference. It locks nothing. A subscription with many entries is read
 * page by page, so that no statement takes long.
 */
export function checkSubscriptions(db: Database, ids: readonly string[]): Promise<readonly Drift[]> {
  return db.transaction(async (tx) => compare(await readCounters(tx, ids), await sumEntries(tx, ids)), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
}

async function readCounters(tx: Transaction, ids: readonly string[]): Promise<readonly CounterFigures[]> {
  const { rows } = await tx.execute<
    Record<'subscription' | 'metric' | 'period' | 'used' | 'held' | 'reserved', string>
  >(sql`
    SELECT counter.subscription_id AS subscription, counter.metric_id AS metric, counter.period_start::text AS period,
      counter.used::text, counter.held::text, coalesce(reservation.amount, 0)::text AS reserved
    FROM subscription_usage AS counter
      LEFT JOIN LATERAL (
        SELECT sum(amount) AS amount FROM usage_reservations WHERE usage_id = counter.id AND state = 'held'
      ) AS reservation ON true
    WHERE counter.subscription_id = ANY(${sql.param(ids)}::uuid[])`)
  return rows.map((row) => ({
    subscriptionId: row.subscription,
    metricId: row.metric,
    periodStart: row.period,
    used: BigInt(row.used),
    held: BigInt(row.held),
    reserved: BigInt(row.reserved),
  }))
}

async function sumEntries(tx: Transaction, ids: readonly string[]): Promise<readonly LedgerSum[]> {
  const sums: LedgerSum[] = []
  let places = new Map(ids.map((id) => [id, 0]))
  while (places.size > 0) {
    const rows = await sumPage(tx, places)
    const read = new Map<string, { entries: number; last: number }>()
    for (const row of rows) {
      const { subscription: subscriptionId, metric: metricId, period: periodStart } = row
      sums.push({ subscriptionId, metricId, periodStart, sum: BigInt(row.sum) })
      const { entries = 0, last = 0 } = read.get(subscriptionId) ?? {}
      read.set(subscriptionId, { entries: entries + row.entries, last: Math.max(last, Number(row.last)) })
    }
    places = new Map([...read].filter(([, { entries }]) => entries === pageMax).map(([id, { last }]) => [id, last]))
  }
  return sums
}

interface PageRow extends Record<string, unknown> {
  readonly subscription: string
  readonly metric: string
  readonly period: string
  readonly sum: string
  readonly entries: number
  readonly last: string
}

/** The next entries of each subscription after its place, by counter. */
async function sumPage(tx: Transaction, places: ReadonlyMap<string, number>): Promise<readonly PageRow[]> {
  const { rows } = await tx.execute<PageRow>(sql`
    SELECT place.id AS subscription, page.*
    FROM unnest(${sql.param([...places.keys()])}::uuid[], ${sql.param([...places.values()])}::bigint[]) AS place (id, after)
      CROSS JOIN LATERAL (
        SELECT metric_id AS metric, coalesce(period_start, '1970-01-01T00:00:00Z')::text AS period, sum(delta)::text AS sum,
          count(*)::integer AS entries, max(seq)::text AS last
        FROM (
          SELECT metric_id, period_start, delta, seq FROM usage_ledger
          WHERE subscription_id = place.id AND seq > place.after ORDER BY seq LIMIT ${pageMax}
        ) AS entry
        GROUP BY 1, 2
      ) AS page`)
  return rows
}
