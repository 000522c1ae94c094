// A subscription at Stripe that nobody may have: ended there, and what was paid for it given back. Safe to repeat from any point.
import { eq } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { billingIntents } from '#src/db/schema/index.ts'
import type { Reconciled, ReconcileDeps } from '../context.ts'
import { settleIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { stripeCall } from '../stripe-failures.ts'
import { giveBack } from './give-back.ts'
import type { Lease } from './lease.ts'
import { readStripe } from './read-stripe.ts'
import type { StripeFacts } from './read-stripe.ts'
import { findCharge, recordBack, recordCharge } from './record-money.ts'
import type { Subject } from './record-money.ts'
import { tellUndone } from './tell-people.ts'

interface Undoing {
  readonly lease: Lease
  readonly facts: StripeFacts
  readonly intent: Intent
  readonly reason: (typeof undoReasons)[number]
}

/** An intent with one of these is to be taken back, or was. What else one may end for gives nobody their money back. */
export const undoReasons = ['already_subscribed', 'trial_used', 'trial_over'] as const

export async function undo(deps: ReconcileDeps, { lease, facts, intent, reason }: Undoing): Promise<Reconciled> {
  // First: whoever finds it ended must not take that for the person's own wish.
  await deps.db.update(billingIntents).set({ reason }).where(eq(billingIntents.id, intent.id))
  if (facts.status !== 'canceled' && facts.status !== 'incomplete_expired') {
    await stripeCall(() =>
      deps.payments.stripe.subscriptions.cancel(facts.id, {}, { idempotencyKey: `${intent.id}:undo` }),
    )
  }
  const after = (await readStripe(deps, facts.id)) ?? facts
  const paid = after.invoices.filter(({ status, amount_paid: amount }) => status === 'paid' && amount > 0)
  const refunds: { invoice: Stripe.Invoice; refund: Stripe.Refund }[] = []
  for (const invoice of paid) {
    for (const refund of await giveBack(deps, { invoice, intent })) refunds.push({ invoice, refund })
  }
  const { userId, agentId } = intent
  const subject: Subject = { userId, agentId, subscriptionId: undefined, isTest: false }
  await deps.db.transaction(async (tx) => {
    await lease.hold(tx)
    for (const invoice of paid) await recordCharge(tx, deps, { invoice, subject })
    for (const { invoice, refund } of refunds) {
      const charge = await findCharge(tx, invoice.id)
      if (charge === undefined) throw new Error('What is given back was recorded before')
      const at = new Date(refund.created * 1000)
      await recordBack(tx, { kind: 'refund', charge, amount: -refund.amount, stripeObjectId: refund.id, at })
    }
    const state = paid.length > 0 || reason === 'already_subscribed' ? 'undone' : 'refused'
    const isFirst = await settleIntent(tx, { id: intent.id, state, reason })
    const [first] = refunds
    if (isFirst && reason === 'already_subscribed') {
      await tellUndone(tx, deps, {
        about: { userId, agentId, tierId: intent.tierId },
        intentId: intent.id,
        amount: first && {
          amountMinor: refunds.reduce((sum, { refund }) => sum + refund.amount, 0),
          currency: first.refund.currency.toUpperCase(),
        },
      })
    }
  })
  return { outcome: paid.length > 0 || reason === 'already_subscribed' ? 'undone' : 'refused' }
}
