// Moves what was used from counters to other counters. Always as a pair in the ledger, so that each counter stays the sum of
// its entries: `carry_out` on the old one, `carry_in` on the new one, which names it.
import { eq, inArray, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionUsage, usageLedger } from '#src/db/schema/index.ts'
import type { Period } from '#src/features/usage/index.ts'
import type { NewId } from '#src/lib/ids.ts'
import type { Counter } from './counters.ts'

export interface Move {
  /** Locked by the caller. */
  readonly from: Counter
  readonly to: { readonly subscriptionId: string; readonly period: Period }
}

interface Moving {
  readonly moves: readonly Move[]
  /** Why, for whoever reads the ledger. */
  readonly reason: 'subscribed_again' | 'period_changed'
  readonly now: Date
  readonly newId: NewId
}

type NewEntry = typeof usageLedger.$inferInsert

/**
 * Reservations that are still held on a moved counter lapse: committing one afterwards counts as new use, where the rest now
 * counts too. An entry refunded afterwards has its use on the new counter.
 */
export async function moveUse(tx: Transaction, { moves, reason, now, newId }: Moving): Promise<void> {
  if (moves.length === 0) return
  const used = await lapseHolds(tx, { counterIds: moves.map(({ from }) => from.id), now })
  const pending = moves.filter(({ from }) => (used.get(from.id) ?? 0) > 0)
  if (pending.length === 0) return
  const targets = await openTargets(tx, pending)

  const entries: NewEntry[] = []
  for (const { from, to } of pending) {
    const amount = used.get(from.id) ?? 0
    const target = targets.get(keyOf(from, to))
    if (target === undefined) throw new Error('A counter to move use to is missing')
    target.used += amount
    const shared = { metricId: from.metricId, occurredAt: now, limitAt: null, metadata: { reason } }
    const isGauge = from.kind === 'gauge'
    const out: NewEntry & { id: string } = {
      ...shared,
      id: newId(),
      clientReqId: newId(),
      subscriptionId: from.subscriptionId,
      eventType: 'carry_out',
      delta: -amount,
      usedAfter: 0,
      periodStart: isGauge ? null : from.period.start,
    }
    entries.push(out, {
      ...shared,
      clientReqId: newId(),
      subscriptionId: to.subscriptionId,
      eventType: 'carry_in',
      delta: amount,
      refersToId: out.id,
      usedAfter: target.used,
      periodStart: isGauge ? null : to.period.start,
    })
  }
  await tx.insert(usageLedger).values(entries)
  for (const { from, to } of pending) {
    const amount = used.get(from.id) ?? 0
    await addTo(tx, from.id, -amount)
    await addTo(tx, targets.get(keyOf(from, to))?.id ?? '', amount)
  }
}

async function addTo(tx: Transaction, counterId: string, delta: number): Promise<void> {
  await tx
    .update(subscriptionUsage)
    .set({ used: sql`${subscriptionUsage.used} + ${delta}` })
    .where(eq(subscriptionUsage.id, counterId))
}

const keyOf = (from: Counter, to: Move['to']): string => `${to.subscriptionId} ${from.metricId} ${+to.period.start}`

/** The counters that use moves to, made where they are missing. They carry their subscription's present epoch. */
async function openTargets(
  tx: Transaction,
  moves: readonly Move[],
): Promise<Map<string, { id: string; used: number }>> {
  const targets = new Map<string, { id: string; used: number }>()
  for (const { from, to } of moves) {
    if (targets.has(keyOf(from, to))) continue
    const epoch = sql<number>`(SELECT usage_epoch FROM user_agent_subscriptions WHERE id = ${to.subscriptionId})`
    const [row] = await tx
      .insert(subscriptionUsage)
      .values({
        subscriptionId: to.subscriptionId,
        metricId: from.metricId,
        periodStart: to.period.start,
        periodEnd: to.period.end,
        epoch,
      })
      .onConflictDoUpdate({
        target: [subscriptionUsage.subscriptionId, subscriptionUsage.metricId, subscriptionUsage.periodStart],
        set: { periodEnd: to.period.end },
      })
      .returning({ id: subscriptionUsage.id, used: subscriptionUsage.used })
    if (row !== undefined) targets.set(keyOf(from, to), row)
  }
  return targets
}

/** Gives back what reservations hold of these counters. Answers what is used of each afterwards. */
async function lapseHolds(
  tx: Transaction,
  { counterIds, now }: { counterIds: readonly string[]; now: Date },
): Promise<Map<string, number>> {
  const ids = sql`ARRAY[${sql.join(
    counterIds.map((id) => sql`${id}::uuid`),
    sql`, `,
  )}]`
  await tx.execute(sql`
    WITH lapsed AS (
      UPDATE usage_reservations SET state = 'lapsed', settled_at = now()
      WHERE usage_id = ANY (${ids}) AND state = 'held'
      RETURNING id, usage_id, subscription_id, metric_id, amount
    ), given_back AS (
      UPDATE subscription_usage AS counter
      SET used = used - held.amount, held = counter.held - held.amount, updated_at = now()
      FROM (SELECT usage_id, sum(amount)::bigint AS amount FROM lapsed GROUP BY usage_id) AS held
      WHERE counter.id = held.usage_id
    )
    INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, refers_to_id, used_after,
      limit_at, limit_parts, period_start, occurred_at)
    SELECT lapsed.subscription_id, lapsed.metric_id, 'lapse', -lapsed.amount, settlement_request_id(lapsed.id), lapsed.id,
      counter.used - (sum(lapsed.amount) OVER (PARTITION BY lapsed.usage_id ORDER BY lapsed.id))::bigint,
      hold.limit_at, hold.limit_parts, hold.period_start, ${now.toISOString()}::timestamptz
    FROM lapsed
      JOIN usage_ledger AS hold ON hold.id = lapsed.id
      JOIN subscription_usage AS counter ON counter.id = lapsed.usage_id`)
  const rows = await tx
    .select({ id: subscriptionUsage.id, used: subscriptionUsage.used })
    .from(subscriptionUsage)
    .where(inArray(subscriptionUsage.id, [...counterIds]))
  return new Map(rows.map(({ id, used }) => [id, used]))
}
