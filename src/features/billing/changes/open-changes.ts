import { and, asc, eq, lt, sql } from 'drizzle-orm'
import { agentPricingTiers, billingIntents } from '#src/db/schema/index.ts'
import { idOf } from '../reconcile/read-stripe.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleIntent, touchIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import { readAtStripe } from './at-stripe.ts'
import type { AtStripe } from './at-stripe.ts'
import { carryOut, termsOf } from './carry-out.ts'
import type { Committed } from './carry-out.ts'
import { leaseOf } from './lease-of.ts'
import { getPlan } from './own-plan.ts'
import type { Plan } from './own-plan.ts'

interface Wanted {
  readonly plan: Plan
  /** Undefined: something else than a tier. */
  readonly tierId: string | undefined
}

/**
 * Before another change: one that waits for its payment gives way, one that is through is finished. Answers the waiting one when it
 * is wanted again. Throws `unavailable`, and `conflict` for a subscription that is over at Stripe, told or not.
 */
export async function clearTheWay(deps: ReconcileDeps, { plan, tierId }: Wanted): Promise<Committed | undefined> {
  const [intent] = await deps.db
    .select()
    .from(billingIntents)
    .where(and(isOpenChange, eq(billingIntents.subscriptionId, plan.row.id)))
  const stripe = await readAtStripe(deps, plan)
  if (stripe.subscription.ended_at !== null) {
    await reconcileSubscription(deps, { stripeSubscriptionId: stripe.subscription.id })
    throw new AppError('conflict', { detail: 'This subscription is over.' })
  }
  const isHeld = stripe.subscription.pending_update !== null
  if (intent !== undefined) {
    if (await isApplied(deps, { intent, stripe })) return void (await carryOut(deps, intent))
    if (isHeld && intent.tierId === tierId) return carryOut(deps, intent)
    await settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'replaced' })
  }
  if (isHeld) await giveWay(deps, stripe)
  return undefined
}

const isOpenChange = and(eq(billingIntents.kind, 'change'), eq(billingIntents.state, 'open'))

interface Looked {
  readonly intent: Intent
  readonly stripe: AtStripe
}

async function isApplied({ db }: ReconcileDeps, { intent, stripe }: Looked): Promise<boolean> {
  const [tier] = await db
    .select({ priceId: agentPricingTiers.stripePriceId })
    .from(agentPricingTiers)
    .where(eq(agentPricingTiers.id, intent.tierId ?? ''))
  return stripe.main.price.id === tier?.priceId
}

/** Voiding its invoice drops a change that Stripe holds. */
async function giveWay(deps: ReconcileDeps, { subscription }: AtStripe): Promise<void> {
  const { latest_invoice: latest, id } = subscription
  const { stripe } = deps.payments
  if (latest !== null) {
    const invoice = await stripeCall(() => stripe.invoices.retrieve(idOf(latest)))
    if (invoice.status === 'open') await stripeCall(() => stripe.invoices.voidInvoice(invoice.id))
  }
  await reconcileSubscription(deps, { stripeSubscriptionId: id })
}

const atOnceMax = 100
const restMinutes = 10

/**
 * Brings changes to their end that were cut off: by a crash, or because the answer came on Stripe's page. What would cost is never
 * begun here, without its person. Safe to repeat. Answers how many were settled.
 */
export async function finishChanges(deps: ReconcileDeps): Promise<number> {
  const intents = await deps.db
    .select()
    .from(billingIntents)
    .where(and(isOpenChange, lt(billingIntents.createdAt, sql`now() - make_interval(mins => ${restMinutes})`)))
    .orderBy(asc(billingIntents.updatedAt))
    .limit(atOnceMax)
  let settled = 0
  for (const intent of intents) {
    try {
      await touchIntent(deps.db, intent.id)
      if (await finishOne(deps, intent)) settled += 1
    } catch (error) {
      deps.log.warn({ err: error, intent: intent.id }, 'billing: a change could not be finished, and is tried again')
    }
  }
  return settled
}

async function finishOne(deps: ReconcileDeps, intent: Intent): Promise<boolean> {
  const subscriptionId = intent.subscriptionId ?? ''
  return withLease(deps, leaseOf(subscriptionId), async () => {
    const plan = await getPlan(deps, { subscriptionId, userId: undefined })
    // It went on as a free tier before this was paid.
    if (plan.row.stripeSubscriptionId === null)
      return settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'abandoned' })
    const stripe = await readAtStripe(deps, plan)
    const isFreeOfCharge = termsOf(intent).way !== 'now'
    const isOver = stripe.subscription.ended_at !== null
    if (!isOver && (isFreeOfCharge || (await isApplied(deps, { intent, stripe })))) {
      await carryOut(deps, intent)
      return true
    }
    if (!isOver && stripe.subscription.pending_update !== null) return false
    return settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'abandoned' })
  })
}
