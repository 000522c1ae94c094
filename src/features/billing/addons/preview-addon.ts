import type { Stripe } from 'stripe'
import type { Deps } from '#src/deps.ts'
import type { Money } from '#src/lib/money.ts'
import { readAtStripe } from '../changes/at-stripe.ts'
import type { AtStripe } from '../changes/at-stripe.ts'
import { getOpenPlan } from '../changes/own-plan.ts'
import type { Recurring } from '../changes/preview-change.ts'
import { ensureOfferPrice } from '../prices/ensure-offer-price.ts'
import { stripeCall } from '../stripe-failures.ts'
import { getOfferFor } from './offer.ts'
import type { Offer } from './offer.ts'

export interface AddonPreview {
  readonly dueNow: Money
  /** What it adds to each bill. Null: it is bought once. */
  readonly again: Recurring | null
  /** Seconds; to be committed with, within 15 minutes. Null: the amount doesn't depend on the moment. */
  readonly prorationDate: number | null
}

export interface WhichAddon {
  readonly subscriptionId: string
  readonly userId: string
  readonly offerId: string
}

/** What an add-on would cost now and again. Throws as buyAddon; changes nothing. */
export async function previewAddon(
  deps: Pick<Deps, 'db' | 'payments'>,
  { subscriptionId, userId, offerId }: WhichAddon,
): Promise<AddonPreview> {
  const plan = await getOpenPlan(deps, { subscriptionId, userId })
  const offer = await getOfferFor(deps, { plan, offerId })
  const price = { amountMinor: offer.price, currency: offer.currency }
  if (offer.billingInterval === null) return { dueNow: price, again: null, prorationDate: null }
  const at = await readAtStripe(deps, plan)
  const prorationDate = Math.floor(+plan.now / 1000)
  const invoice = await previewItem(deps, { at, offer, prorationDate })
  return {
    dueNow: { amountMinor: invoice.amount_due, currency: offer.currency },
    again: { ...price, interval: offer.billingInterval },
    prorationDate,
  }
}

interface Item {
  readonly at: AtStripe
  readonly offer: Pick<Offer, 'id'>
  /** Seconds. */
  readonly prorationDate: number
}

/** The invoice that Stripe would make for another item. */
export async function previewItem(
  deps: Pick<Deps, 'db' | 'payments'>,
  { at, offer, prorationDate }: Item,
): Promise<Stripe.Invoice> {
  const { priceId } = await ensureOfferPrice(deps, offer.id)
  return stripeCall(() =>
    deps.payments.stripe.invoices.createPreview({
      subscription: at.subscription.id,
      subscription_details: {
        items: [{ price: priceId, quantity: 1 }],
        proration_behavior: 'always_invoice',
        proration_date: prorationDate,
      },
    }),
  )
}
