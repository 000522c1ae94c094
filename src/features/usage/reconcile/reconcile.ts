import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { checkSubscriptions, subscriptionsMax } from './check-subscriptions.ts'
import type { Drift } from './compare.ts'
import { report, withoutGone } from './report-drift.ts'
import type { Looked } from './report-drift.ts'
import { readState, saveState } from './state.ts'
import type { ReconcileState, Walk } from './state.ts'

export type ReconcileDeps = Pick<Deps, 'db' | 'log'>

const hourMs = 3_600_000
/** A walk starts no sooner than so long after the last one did: daily, with room for a clock that comes a little early. */
const walkEveryMs = 20 * hourMs
/** What changed so long before the last walk is looked at again: transactions that were under way then. */
const overlapMs = hourMs
/** A walk goes through all that changed and one part of the rest: after so many days every subscription was looked at. */
export const partsOfAll = 28
/** Then the next run goes on where this one stopped. */
const runMsMax = 20 * 60_000
const pageMax = 1_000
const firstId = '00000000-0000-0000-0000-000000000000'

interface Due {
  /** How long one run may take. */
  readonly runMs?: number
}

/**
 * Compares counters with the ledger and reports what differs; it repairs nothing. To be called hourly: a day's walk looks at every
 * subscription whose counters changed, at what was wrong before, and at a 28th of all. It goes on where it was cut off.
 */
export async function reconcileDue(deps: ReconcileDeps, { runMs = runMsMax }: Due = {}): Promise<void> {
  const { state: stored, now } = await readState(deps.db)
  const { walkedAt } = stored
  if (stored.walk === undefined && walkedAt !== undefined && now - walkedAt < walkEveryMs) return
  const walk = stored.walk ?? { startedAt: now, after: firstId }
  const until = performance.now() + runMs
  let state: ReconcileState = { ...stored, walk }
  for await (const { due, last } of pagesOf(deps.db, { after: walk.after, due: isDue(state) })) {
    const looked = await look(deps, due)
    state = await report(deps, { ...looked, state: { ...state, walk: { ...walk, after: last } } })
    if (performance.now() > until) return
  }
  await deps.db.transaction(async (tx) => {
    const drifting = await withoutGone(tx, state.drifting)
    await saveState(tx, { walkedAt: walk.startedAt, part: (state.part + 1) % partsOfAll, drifting })
  })
}

export interface Reconciled {
  readonly subscriptions: number
  readonly drifts: readonly Drift[]
}

/** Compares all of it at once, and reports in the same way. */
export async function reconcileAll(deps: ReconcileDeps): Promise<Reconciled> {
  const drifts: Drift[] = []
  let subscriptions = 0
  for await (const { due } of pagesOf(deps.db, { after: firstId, due: sql`true` })) {
    const looked = await look(deps, due)
    await report(deps, { ...looked, state: (await readState(deps.db)).state })
    drifts.push(...looked.found)
    subscriptions += due.length
  }
  return { subscriptions, drifts }
}

async function look({ db }: ReconcileDeps, checked: readonly string[]): Promise<Looked> {
  const found: Drift[] = []
  for (let at = 0; at < checked.length; at += subscriptionsMax) {
    found.push(...(await checkSubscriptions(db, checked.slice(at, at + subscriptionsMax))))
  }
  return { checked, found }
}

/** SQL over `subscription`. */
function isDue({ walkedAt, part, drifting }: ReconcileState): SQL {
  const since = walkedAt === undefined ? undefined : (walkedAt - overlapMs) / 1_000
  if (since === undefined) return sql`true`
  const wrong = [...new Set(drifting.map(({ subscriptionId }) => subscriptionId))]
  return sql`
    abs(hashtext(subscription.id::text)::bigint) % ${partsOfAll} = ${part} OR subscription.id = ANY(${sql.param(wrong)}::uuid[])
    OR EXISTS (
      SELECT FROM subscription_usage AS counter
      WHERE counter.subscription_id = subscription.id AND counter.updated_at >= to_timestamp(${since}::float8)
    )`
}

interface Page {
  readonly due: readonly string[]
  readonly last: string
}

async function* pagesOf(
  db: Database,
  from: { readonly after: Walk['after']; readonly due: SQL },
): AsyncGenerator<Page> {
  for (let after = from.after; ;) {
    const { rows } = await db.execute<{ id: string; is_due: boolean }>(sql`
      SELECT subscription.id, (${from.due}) AS is_due FROM user_agent_subscriptions AS subscription
      WHERE subscription.id > ${after} ORDER BY subscription.id LIMIT ${pageMax}`)
    const last = rows.at(-1)?.id
    if (last === undefined) return
    yield { due: rows.filter((row) => row.is_due).map(({ id }) => id), last }
    after = last
  }
}
