import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { readAtStripe } from '../changes/at-stripe.ts'
import { settleHeld } from '../changes/held-update.ts'
import type { Held } from '../changes/held-update.ts'
import { getPlan } from '../changes/own-plan.ts'
import type { Plan } from '../changes/own-plan.ts'
import { planPrices } from '../changes/planned.ts'
import { outOfDate } from '../changes/proration-date.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleIntent } from '../intents/intents.ts'
import { ensureOfferPrice } from '../prices/ensure-offer-price.ts'
import { idOf } from '../reconcile/read-stripe.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import type { Purchase } from './purchase.ts'

/** Another item of the subscription; the rest of the period is paid at once. */
export async function buyByItem(
  deps: ReconcileDeps,
  { intent, offer, prorationDate }: Purchase & { readonly prorationDate: number },
): Promise<Held> {
  const plan = await getPlan(deps, { subscriptionId: intent.subscriptionId ?? '', userId: intent.userId })
  const at = await readAtStripe(deps, plan)
  const { priceId } = await ensureOfferPrice(deps, offer.id)
  const isThere = at.others.some(({ price }) => price.id === priceId) || at.subscription.pending_update !== null
  if (!isThere && (at.subscription.status !== 'active' || prorationDate < at.main.current_period_start)) {
    // Tried again when it would cost something else than it was said to.
    await settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'out_of_date' })
    throw outOfDate()
  }
  const subscription = isThere
    ? at.subscription
    : await stripeCall(() =>
        deps.payments.stripe.subscriptions.update(
          at.subscription.id,
          {
            items: [{ price: priceId, quantity: 1 }],
            proration_behavior: 'always_invoice',
            proration_date: prorationDate,
            payment_behavior: 'pending_if_incomplete',
          },
          { idempotencyKey: `${intent.id}:item` },
        ),
      )
  const held = await settleHeld(deps, subscription)
  if (held.kind !== 'applied') return held
  await alsoLater(deps, { plan, priceId, intentId: intent.id })
  await reconcileSubscription(deps, { stripeSubscriptionId: subscription.id })
  await deps.db.transaction(async (tx) => {
    if (!(await settleIntent(tx, { id: intent.id, state: 'done' }))) return
    await recordAudit(tx, {
      userId: intent.userId,
      action: 'billing.buy_addon',
      resource: 'subscription',
      resourceId: plan.row.id,
      metadata: { offerId: offer.id },
    })
  })
  return held
}

interface Later {
  readonly plan: Plan
  readonly priceId: string
  /** Undefined: it is taken out. */
  readonly intentId?: string
}

/** What is planned for the end of the period names all that is billed from then on. */
export async function alsoLater(deps: ReconcileDeps, { plan, priceId, intentId }: Later): Promise<void> {
  const at = await readAtStripe(deps, plan)
  const phases = at.schedule?.phases ?? []
  const planned = phases.find(({ start_date: start }) => start >= at.main.current_period_end)
  if (planned === undefined || plan.row.nextTierId === null) return
  const [next] = await deps.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, plan.row.nextTierId))
  const prices = planned.items.map(({ price }) => idOf(price))
  const item = at.others.find(({ price }) => price.id === priceId)
  const isBilled = item?.price.recurring?.interval === next?.billingInterval
  if (next === undefined) return
  const wanted = [...prices.filter((price) => price !== priceId), ...(isBilled ? [priceId] : [])]
  await planPrices(deps, at, {
    prices: wanted,
    interval: next.billingInterval,
    ...(intentId !== undefined && { intentId }),
  })
}
