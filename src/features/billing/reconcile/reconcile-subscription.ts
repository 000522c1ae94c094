// The only writer of what is derived from Stripe. Reads its present state under a lease and writes it once, however often, from
// wherever and in whatever order it is called.
import type { Stripe } from 'stripe'
import { inTransaction } from '#src/features/subscriptions/index.ts'
import type { Reconciled, ReconcileDeps } from '../context.ts'
import { intentIdOf } from '../intents/metadata.ts'
import { readIntent } from '../intents/intents.ts'
import { beginSubscription } from './begin.ts'
import { withLease } from './lease.ts'
import type { Lease } from './lease.ts'
import { readStripe } from './read-stripe.ts'
import type { StripeFacts } from './read-stripe.ts'
import { findByStripeId } from './stored.ts'
import { writeFacts } from './write-facts.ts'

export interface WhichSubscription {
  readonly stripeSubscriptionId: string
  /** One of its invoices that is to be recorded, however old. */
  readonly invoice?: Stripe.Invoice
}

/**
 * Makes what is stored of a subscription agree with Stripe. Throws `unavailable` when Stripe is, and `conflict` while somebody else
 * does the same for longer than ten seconds: both are to be tried again.
 */
export async function reconcileSubscription(
  deps: ReconcileDeps,
  { stripeSubscriptionId, invoice }: WhichSubscription,
): Promise<Reconciled> {
  return withLease(deps, stripeSubscriptionId, async (lease) => {
    const facts = await readStripe(deps, stripeSubscriptionId, invoice)
    if (facts === undefined) return { outcome: 'foreign' }
    const row = await findByStripeId(deps.db, stripeSubscriptionId)
    if (row !== undefined) return update(deps, { lease, facts })
    const intentId = intentIdOf(facts.metadata)
    const intent = intentId === undefined ? undefined : await readIntent(deps.db, intentId)
    if (intent?.kind !== 'checkout') return { outcome: 'foreign' }
    return beginSubscription(deps, { lease, facts, intent })
  })
}

interface Updating {
  readonly lease: Lease
  readonly facts: StripeFacts
}

async function update(deps: ReconcileDeps, { lease, facts }: Updating): Promise<Reconciled> {
  return inTransaction(deps.db, async (tx) => {
    await lease.hold(tx)
    const row = await findByStripeId(tx, facts.id)
    // Ended, or its person is gone, since a moment ago.
    if (row === undefined) return { outcome: 'foreign' } as const
    await writeFacts(tx, deps, { row, facts })
    return { outcome: 'reconciled', subscriptionId: row.id } as const
  })
}
