import { inArray } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { auditLogs, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { keyOf } from './compare.ts'
import type { Drift } from './compare.ts'
import { saveState } from './state.ts'
import type { ReconcileState } from './state.ts'

export interface Looked {
  /** Subscriptions. */
  readonly checked: readonly string[]
  /** Everything that is wrong with them. */
  readonly found: readonly Drift[]
}

/** Kept apart; beyond it something is so wrong that the number says enough. */
const knownMax = 1_000

/** Tells what is new, in the log and the audit trail, and keeps what is known in the state, which it saves and gives back. */
export async function report(
  { db, log }: Pick<Deps, 'db' | 'log'>,
  { checked, found, state }: Looked & { readonly state: ReconcileState },
): Promise<ReconcileState> {
  const looked = new Set(checked)
  const standing = state.drifting.filter(({ subscriptionId }) => !looked.has(subscriptionId))
  const before = new Set(state.drifting.map(figuresOf))
  const fresh = found.filter((drift) => !before.has(figuresOf(drift))).slice(0, knownMax)
  for (const drift of fresh) log.error(drift, 'usage: a counter differs from its ledger')
  const next = { ...state, drifting: [...standing, ...found].slice(0, knownMax) }
  await db.transaction(async (tx) => {
    if (fresh.length > 0) await tx.insert(auditLogs).values(fresh.map(auditOf))
    await saveState(tx, next)
  })
  return next
}

const auditOf = ({ subscriptionId, ...drift }: Drift): typeof auditLogs.$inferInsert => ({
  action: 'usage.drift_found',
  resource: 'subscription',
  resourceId: subscriptionId,
  result: 'failure',
  metadata: { ...drift, by: 'system' },
})

const figuresOf = (drift: Drift): string =>
  `${keyOf(drift)} ${drift.used} ${drift.ledger} ${drift.held} ${drift.reserved}`

/** Only those whose subscription is still there. */
export async function withoutGone(tx: Transaction, drifting: readonly Drift[]): Promise<readonly Drift[]> {
  if (drifting.length === 0) return drifting
  const ids = drifting.map(({ subscriptionId }) => subscriptionId)
  const rows = await tx
    .select({ id: userAgentSubscriptions.id })
    .from(userAgentSubscriptions)
    .where(inArray(userAgentSubscriptions.id, ids))
  const present = new Set(rows.map(({ id }) => id))
  return drifting.filter(({ subscriptionId }) => present.has(subscriptionId))
}
