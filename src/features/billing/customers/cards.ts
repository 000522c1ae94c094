import type { Stripe } from 'stripe'
import { AppError } from '#src/lib/errors.ts'
import type { StripeDeps } from '../changes/at-stripe.ts'
import { idOf } from '../reconcile/read-stripe.ts'
import { stripeCall } from '../stripe-failures.ts'

/** A saved card, as its owner tells it from others. */
export interface SavedCard {
  /** Stripe's. */
  readonly id: string
  /** Such as `visa`. */
  readonly brand: string
  readonly last4: string
  readonly expMonth: number
  readonly expYear: number
  /** What renewals are paid with. */
  readonly isDefault: boolean
}

const most = 100

/** The cards of a customer, the one that pays first. */
export async function listCards(deps: StripeDeps, customerId: string): Promise<SavedCard[]> {
  const { stripe } = deps.payments
  const { data } = await stripeCall(() =>
    stripe.paymentMethods.list({ customer: customerId, type: 'card', limit: most }),
  )
  const paying = await payingCard(deps, { customerId, cards: data })
  return data
    .flatMap(({ id, card }) =>
      card == null
        ? []
        : [
            {
              id,
              brand: card.brand,
              last4: card.last4,
              expMonth: card.exp_month,
              expYear: card.exp_year,
              isDefault: id === paying,
            },
          ],
    )
    .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault))
}

/** What a purchase without Stripe's page is paid with. Undefined: nothing is saved. */
export async function findPayingCard(deps: StripeDeps, customerId: string): Promise<string | undefined> {
  const cards = await stripeCall(() =>
    deps.payments.stripe.paymentMethods.list({ customer: customerId, type: 'card', limit: most }),
  )
  return payingCard(deps, { customerId, cards: cards.data })
}

interface Whose {
  readonly customerId: string
  readonly cards: readonly Stripe.PaymentMethod[]
}

/** The customer's choice, else what a subscription of theirs is paid with, else the newest. */
async function payingCard(deps: StripeDeps, { customerId, cards }: Whose): Promise<string | undefined> {
  if (cards.length === 0) return undefined
  const chosen = await chosenCard(deps, customerId)
  const subscriptions = chosen === undefined ? await liveSubscriptions(deps, customerId) : []
  const candidates = [chosen, ...subscriptions.map(({ default_payment_method: method }) => method && idOf(method))]
  return candidates.find((id) => cards.some((card) => card.id === id)) ?? cards[0]?.id
}

async function chosenCard({ payments }: StripeDeps, customerId: string): Promise<string | undefined> {
  const customer = await stripeCall(() => payments.stripe.customers.retrieve(customerId))
  if (customer.deleted === true) throw new AppError('not_found')
  const { default_payment_method: chosen } = customer.invoice_settings
  return chosen === null ? undefined : idOf(chosen)
}

/** Those that may charge a card again, the newest first. */
export async function liveSubscriptions(
  { payments }: StripeDeps,
  customer: string,
): Promise<readonly Stripe.Subscription[]> {
  const { data } = await stripeCall(() => payments.stripe.subscriptions.list({ customer, limit: most }))
  return data
}

/**
 * Lets the card that the customer has chosen, here or on Stripe's page, pay all their subscriptions: each has a card of its own
 * since its checkout, which would go on to be charged. Doing it again changes nothing.
 */
export async function adoptChosenCard(deps: StripeDeps, customerId: string): Promise<void> {
  const chosen = await chosenCard(deps, customerId)
  if (chosen === undefined) return
  for (const { id, default_payment_method: method } of await liveSubscriptions(deps, customerId)) {
    if (method === null || idOf(method) === chosen) continue
    await stripeCall(() => deps.payments.stripe.subscriptions.update(id, { default_payment_method: chosen }))
  }
}
