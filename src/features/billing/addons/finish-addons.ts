import { and, asc, eq, lt, sql } from 'drizzle-orm'
import { billingIntents } from '#src/db/schema/index.ts'
import { readAtStripe } from '../changes/at-stripe.ts'
import { leaseOf } from '../changes/lease-of.ts'
import { getPlan } from '../changes/own-plan.ts'
import { settleSession } from '../checkout/session.ts'
import { businessNow } from '../clock.ts'
import type { ReconcileDeps } from '../context.ts'
import { findCustomer } from '../customers/ensure-customer.ts'
import { settleIntent, touchIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { intentIdOf } from '../intents/metadata.ts'
import { ensureOfferPrice } from '../prices/ensure-offer-price.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileInvoice } from '../reconcile/reconcile-money.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'
import { carryOutAddon } from './carry-out-addon.ts'
import { addonTermsOf } from './purchase.ts'

const atOnceMax = 100
const restMinutes = 10
const draftsMax = 100

/**
 * Brings purchases of add-ons to their end that were cut off, or paid on Stripe's page. Money is never taken here, without its buyer:
 * what was not tried to be paid comes to nothing. Safe to repeat. Answers how many were looked at.
 */
export async function finishAddons(deps: ReconcileDeps): Promise<number> {
  const intents = await deps.db
    .select()
    .from(billingIntents)
    .where(
      and(
        eq(billingIntents.kind, 'addon'),
        eq(billingIntents.state, 'open'),
        lt(billingIntents.createdAt, sql`now() - make_interval(mins => ${restMinutes})`),
      ),
    )
    .orderBy(asc(billingIntents.updatedAt))
    .limit(atOnceMax)
  for (const intent of intents) {
    try {
      await touchIntent(deps.db, intent.id)
      await withLease(deps, leaseOf(intent.subscriptionId ?? ''), () => finish(deps, intent))
    } catch (error) {
      deps.log.warn({ err: error, intentId: intent.id }, 'billing: an add-on could not be settled yet')
    }
  }
  return intents.length
}

async function finish(deps: ReconcileDeps, intent: Intent): Promise<unknown> {
  switch (addonTermsOf(intent).by) {
    case 'checkout':
      return settleSession(deps, intent)
    case 'card':
      return finishInvoice(deps, intent)
    case 'item':
      return finishItem(deps, intent)
  }
}

const giveUp = (deps: ReconcileDeps, { id }: Intent): Promise<boolean> =>
  settleIntent(deps.db, { id, state: 'refused', reason: 'abandoned' })

async function finishInvoice(deps: ReconcileDeps, intent: Intent): Promise<unknown> {
  const { invoices } = deps.payments.stripe
  const id = intent.stripeObjectId ?? (await findLostDraft(deps, intent))
  if (id === undefined) return giveUp(deps, intent)
  const invoice = await stripeCall(() => invoices.retrieve(id)).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  // A draft that was deleted before that could be written down.
  if (invoice === undefined) return giveUp(deps, intent)
  if (invoice.status === 'draft') {
    await stripeCall(() => invoices.del(id))
    return giveUp(deps, intent)
  }
  const isWaiting = invoice.attempted && (await businessNow(deps.db)) < intent.expiresAt
  if (invoice.status === 'open' && !isWaiting) await stripeCall(() => invoices.voidInvoice(id))
  return reconcileInvoice(deps, { stripeInvoiceId: id })
}

async function findLostDraft(deps: ReconcileDeps, intent: Intent): Promise<string | undefined> {
  const customer = await findCustomer(deps, intent.userId)
  if (customer === undefined) return undefined
  const { data } = await stripeCall(() =>
    deps.payments.stripe.invoices.list({ customer, status: 'draft', limit: draftsMax }),
  )
  return data.find(({ metadata }) => intentIdOf(metadata) === intent.id)?.id
}

async function finishItem(deps: ReconcileDeps, intent: Intent): Promise<unknown> {
  const plan = await getPlan(deps, { subscriptionId: intent.subscriptionId ?? '', userId: undefined })
  // It went on as a free tier before this was paid.
  if (plan.row.stripeSubscriptionId === null) return giveUp(deps, intent)
  const { subscription, others } = await readAtStripe(deps, plan)
  if (subscription.ended_at !== null) return giveUp(deps, intent)
  const { priceId } = await ensureOfferPrice(deps, intent.offerId ?? '')
  if (others.some(({ price }) => price.id === priceId)) return carryOutAddon(deps, intent)
  return subscription.pending_update === null ? giveUp(deps, intent) : undefined
}
