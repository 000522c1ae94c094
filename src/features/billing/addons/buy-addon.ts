import type { Json } from '#src/db/schema/business.ts'
import type { Costs } from '#src/features/spending/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { readAtStripe } from '../changes/at-stripe.ts'
import { mostDue } from '../changes/costs.ts'
import { leaseOf } from '../changes/lease-of.ts'
import { clearTheWay } from '../changes/open-changes.ts'
import { getOpenPlan } from '../changes/own-plan.ts'
import type { Plan } from '../changes/own-plan.ts'
import { freshProrationDate } from '../changes/proration-date.ts'
import type { ReconcileDeps } from '../context.ts'
import { findPayingCard } from '../customers/cards.ts'
import { ensureCustomer } from '../customers/ensure-customer.ts'
import { readIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { writePurchase } from '../intents/write-purchase.ts'
import { withLease } from '../reconcile/lease.ts'
import { carryOutAddon } from './carry-out-addon.ts'
import { getOfferFor } from './offer.ts'
import type { Offer } from './offer.ts'
import { previewItem } from './preview-addon.ts'
import type { WhichAddon } from './preview-addon.ts'
import type { AddonTerms, BoughtAddon } from './purchase.ts'

export interface BuyAddon extends WhichAddon {
  /** Of what comes again, as its preview gave it. Left out: now. */
  readonly prorationDate?: number
  /** A UUID that the form carries: pressed twice, it is bought once. */
  readonly intentId?: string
  /** The page of ours that it was begun from and leads back to. */
  readonly cameFrom?: string
}

/** As long as a purchase on Stripe's page stays the same one. */
const checkoutSeconds = 2 * 3_600
/** As long as Stripe holds what is not paid yet. */
const heldSeconds = 23 * 3_600

/**
 * Buys more of a metric: once, by an invoice of its own that the saved card pays, or by checkout where none is saved; or again and
 * again, as another item of the subscription. Throws as getOfferFor; `spend_cap_reached`; `payment_declined`, and then nothing is
 * owed; `unavailable`: to be tried again with the same intent.
 */
export async function buyAddon(deps: ReconcileDeps, input: BuyAddon): Promise<BoughtAddon> {
  const { subscriptionId, userId, offerId, intentId = deps.newId() } = input
  return withLease(deps, leaseOf(subscriptionId), async () => {
    const known = await readIntent(deps.db, intentId)
    if (known !== undefined) return carryOutAddon(deps, requireSame(known, input))
    const plan = await getOpenPlan(deps, { subscriptionId, userId })
    const offer = await getOfferFor(deps, { plan, offerId })
    const terms = await termsOf(deps, { plan, offer, input })
    const intent = await writePurchase(deps, {
      id: intentId,
      kind: 'addon',
      userId,
      agentId: plan.agent.id,
      subscriptionId,
      offerId,
      input: { ...terms, ...(input.cameFrom !== undefined && { cameFrom: input.cameFrom }) } as unknown as Json,
      openSeconds: terms.by === 'checkout' ? checkoutSeconds : heldSeconds,
      costs: await costsOf(deps, { plan, offer, terms }),
    })
    return carryOutAddon(deps, intent)
  })
}

function requireSame(intent: Intent, { subscriptionId, userId, offerId }: BuyAddon): Intent {
  if (intent.userId !== userId) throw new AppError('not_found')
  if (intent.kind === 'addon' && intent.subscriptionId === subscriptionId && intent.offerId === offerId) return intent
  throw new AppError('conflict', { detail: 'This id was used for something else.' })
}

interface Buying {
  readonly plan: Plan
  readonly offer: Offer
  readonly input: BuyAddon
}

/** Decided once, so that a purchase that is tried again can't take another way and be paid twice. */
async function termsOf(deps: ReconcileDeps, { plan, offer, input }: Buying): Promise<AddonTerms> {
  if (offer.scope === 'permanent') {
    await clearTheWay(deps, { plan, tierId: undefined })
    const { main } = await readAtStripe(deps, plan)
    const periodStart = main.current_period_start
    return {
      by: 'item',
      prorationDate: freshProrationDate({ prorationDate: input.prorationDate, now: plan.now, periodStart }),
    }
  }
  const customerId = await ensureCustomer(deps, { userId: input.userId })
  const card = await findPayingCard(deps, customerId)
  return card === undefined ? { by: 'checkout' } : { by: 'card', card }
}

interface Priced extends Omit<Buying, 'input'> {
  readonly terms: AddonTerms
}

/** What is billed again costs the rest of the period now, and then as much as the offer says. */
async function costsOf(deps: ReconcileDeps, { plan, offer, terms }: Priced): Promise<Costs> {
  const { currency, price, billingInterval } = offer
  if (terms.by !== 'item' || billingInterval === null) {
    return { currency, dueMinor: price, renewals: { kind: 'same' } }
  }
  const at = await readAtStripe(deps, plan)
  const invoice = await previewItem(deps, { at, offer, prorationDate: terms.prorationDate })
  const periodEnd = new Date(at.main.current_period_end * 1000)
  return {
    currency,
    dueMinor: mostDue(invoice),
    renewals: { kind: 'more', renewing: { at: periodEnd, amountMinor: price, every: billingInterval } },
  }
}
