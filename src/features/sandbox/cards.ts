import type { Stripe } from 'stripe'
import { testCards } from '#src/integrations/stripe/index.ts'
import type { TestCard } from '#src/integrations/stripe/index.ts'

/** A card that the hosted pages offer. */
export interface SandboxCard {
  readonly number: string
  /** What it does. */
  readonly label: string
}

export const sandboxCards: readonly SandboxCard[] = testCards.map(({ number, label }) => ({ number, label }))

/** As somebody typed it, with spaces or hyphens. Nothing but Stripe's test numbers: a real one must get no further than here. */
export const findTestCard = (typed: string): TestCard | undefined =>
  testCards.find(({ number }) => number === typed.replaceAll(/[\s-]/g, ''))

/** Its bank wants to hear from its owner. */
export const asksOwner = ({ behaviour }: TestCard): boolean =>
  behaviour === 'authenticates_once' || behaviour === 'authenticates_always'

export interface SavedCard {
  readonly id: string
  readonly brand: string
  readonly last4: string
  /** Such as 04/2031. */
  readonly expires: string
}

const cardsMax = 20

/** Newest first. */
export async function listSavedCards(stripe: Stripe, customer: string): Promise<SavedCard[]> {
  const { data } = await stripe.customers.listPaymentMethods(customer, { type: 'card', limit: cardsMax })
  return data.flatMap(({ id, card }) =>
    card === undefined || card === null ? [] : [{ id, brand: card.brand, last4: card.last4, expires: expiryOf(card) }],
  )
}

const expiryOf = (card: { exp_month: number; exp_year: number }): string =>
  `${String(card.exp_month).padStart(2, '0')}/${card.exp_year}`

/** For what comes next, whichever subscription it is of. */
export async function makeDefaultCard(
  stripe: Stripe,
  { customer, card }: { readonly customer: string; readonly card: string },
): Promise<void> {
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card } })
  // A subscription's own card goes before its customer's.
  for (const { id, default_payment_method: present } of await listLive(stripe, customer))
    if (idOf(present) !== card) await stripe.subscriptions.update(id, { default_payment_method: card })
}

const subscriptionsMax = 100

export async function listLive(stripe: Stripe, customer: string): Promise<Stripe.Subscription[]> {
  const { data } = await stripe.subscriptions.list({ customer, limit: subscriptionsMax })
  return data.filter(({ status }) => status !== 'canceled' && status !== 'incomplete_expired')
}

/** What may be expanded is an id here. */
export const idOf = (reference: string | { readonly id: string } | null): string | undefined =>
  typeof reference === 'string' ? reference : reference?.id
