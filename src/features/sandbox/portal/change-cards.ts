import type { Stripe } from 'stripe'
import type { Sandbox } from '#src/integrations/stripe/index.ts'
import { asksOwner, findTestCard, makeDefaultCard } from '../cards.ts'
import { declineOf, isStripeId } from '../refusals.ts'
import { readCards } from './read-portal.ts'

interface Where {
  readonly sandbox: Sandbox
  readonly stripe: Stripe
}

export interface AddCard {
  readonly sessionId: string
  /** As typed. */
  readonly number: string
  readonly makesDefault: boolean
  readonly authentication: 'succeeded' | 'failed' | undefined
}

export type CardAnswer =
  | { readonly kind: 'done' }
  /** The session is not open any more, or the card is not this customer's. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'unknown_card' }
  | { readonly kind: 'needs_authentication' }
  | { readonly kind: 'declined'; readonly message: string }
  /** Something still running is paid with it. */
  | { readonly kind: 'in_use' }

export async function addCard({ sandbox, stripe }: Where, input: AddCard): Promise<CardAnswer> {
  const customer = await customerOf(sandbox, input.sessionId)
  if (customer === undefined) return { kind: 'closed' }
  const card = findTestCard(input.number)
  if (card === undefined) return { kind: 'unknown_card' }
  if (asksOwner(card)) {
    if (input.authentication === undefined) return { kind: 'needs_authentication' }
    if (input.authentication === 'failed')
      return { kind: 'declined', message: 'We are unable to authenticate your payment method.' }
  }
  try {
    // Set up, not only attached: that is when a card's owner agrees to later charges.
    const setup = await stripe.setupIntents.create({ customer, payment_method: card.paymentMethodId, confirm: true })
    const saved = typeof setup.payment_method === 'string' ? setup.payment_method : setup.payment_method?.id
    if (input.makesDefault && saved !== undefined) await makeDefaultCard(stripe, { customer, card: saved })
    return { kind: 'done' }
  } catch (error) {
    const declined = declineOf(error)
    if (declined === undefined) throw error
    return { kind: 'declined', message: declined.message }
  }
}

export interface WhichCard {
  readonly sessionId: string
  readonly cardId: string
}

export async function useCard({ sandbox, stripe }: Where, which: WhichCard): Promise<CardAnswer> {
  const found = await findCard({ sandbox, stripe }, which)
  if (found === undefined) return { kind: 'closed' }
  await makeDefaultCard(stripe, { customer: found.customer, card: which.cardId })
  return { kind: 'done' }
}

export async function removeCard({ sandbox, stripe }: Where, which: WhichCard): Promise<CardAnswer> {
  const found = await findCard({ sandbox, stripe }, which)
  if (found === undefined) return { kind: 'closed' }
  if (found.card.isInUse) return { kind: 'in_use' }
  await stripe.paymentMethods.detach(which.cardId)
  return { kind: 'done' }
}

/** Only of the customer whose session it is. */
async function findCard({ sandbox, stripe }: Where, { sessionId, cardId }: WhichCard) {
  const customer = await customerOf(sandbox, sessionId)
  if (customer === undefined) return undefined
  const card = (await readCards(stripe, customer)).find(({ id }) => id === cardId)
  return card && { customer, card }
}

async function customerOf(sandbox: Sandbox, sessionId: string): Promise<string | undefined> {
  const session = isStripeId(sessionId) ? await sandbox.readPortal(sessionId) : undefined
  return session?.isOpen === true ? session.customer : undefined
}
