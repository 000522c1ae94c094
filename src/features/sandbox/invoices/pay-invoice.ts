import type { Stripe } from 'stripe'
import type { Sandbox } from '#src/integrations/stripe/index.ts'
import { findTestCard, idOf, listSavedCards, makeDefaultCard } from '../cards.ts'
import { declineOf, ifKnown, isStripeId } from '../refusals.ts'
import { findWaitingPayment } from './read-invoice.ts'

interface Where {
  readonly sandbox: Sandbox
  readonly stripe: Stripe
}

export interface PayInvoice {
  readonly invoiceId: string
  readonly card: { readonly kind: 'saved'; readonly id: string } | { readonly kind: 'new'; readonly number: string }
  /** Also for what comes next. */
  readonly makesDefault: boolean
}

export type InvoiceAnswer =
  | { readonly kind: 'done' }
  /** Paid or void by now, or the card is gone. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'unknown_card' }
  | { readonly kind: 'needs_authentication' }
  | { readonly kind: 'declined'; readonly message: string }

/** Somebody presses the button of the hosted invoice page. */
export async function payInvoice({ stripe }: Where, input: PayInvoice): Promise<InvoiceAnswer> {
  const customer = await openInvoiceOf(stripe, input.invoiceId)
  if (customer === undefined) return { kind: 'closed' }
  const { card } = input
  if (card.kind === 'saved') {
    const isTheirs = (await listSavedCards(stripe, customer)).some(({ id }) => id === card.id)
    return isTheirs ? charge(stripe, { ...input, customer, method: card.id }) : { kind: 'closed' }
  }
  const testCard = findTestCard(card.number)
  if (testCard === undefined) return { kind: 'unknown_card' }
  let added: Stripe.PaymentMethod
  try {
    added = await stripe.paymentMethods.attach(testCard.paymentMethodId, { customer })
  } catch (error) {
    return declinedOr(error)
  }
  const answer = await charge(stripe, { ...input, customer, method: added.id })
  // A card that pays nothing is not kept.
  if (answer.kind === 'declined' || answer.kind === 'closed') await stripe.paymentMethods.detach(added.id)
  return answer
}

interface Charge extends PayInvoice {
  readonly customer: string
  readonly method: string
}

async function charge(stripe: Stripe, { invoiceId, customer, method, makesDefault }: Charge): Promise<InvoiceAnswer> {
  try {
    await stripe.invoices.pay(invoiceId, { payment_method: method, off_session: false })
  } catch (error) {
    if (declineOf(error)?.code === 'invoice_payment_intent_requires_action') return { kind: 'needs_authentication' }
    // Somebody else was faster.
    if ((await openInvoiceOf(stripe, invoiceId)) === undefined) return { kind: 'closed' }
    return declinedOr(error)
  }
  if (makesDefault) await makeDefaultCard(stripe, { customer, card: method })
  return { kind: 'done' }
}

export interface AnswerBank {
  readonly invoiceId: string
  readonly answer: 'succeeded' | 'failed'
  readonly makesDefault: boolean
}

/** The card's owner tells the bank whether it was them. */
export async function answerBank({ sandbox, stripe }: Where, input: AnswerBank): Promise<InvoiceAnswer> {
  const customer = await openInvoiceOf(stripe, input.invoiceId)
  const intent = await findWaitingPayment(stripe, input.invoiceId)
  if (customer === undefined || intent === undefined) return { kind: 'closed' }
  const status = await sandbox.authenticate(intent.id, input.answer)
  if (status !== 'succeeded') return { kind: 'declined', message: 'We are unable to authenticate your payment method.' }
  const card = idOf(intent.payment_method)
  if (input.makesDefault && card !== undefined) await makeDefaultCard(stripe, { customer, card })
  return { kind: 'done' }
}

/** The customer of an open invoice; undefined: it is not open, or there is none. */
async function openInvoiceOf(stripe: Stripe, id: string): Promise<string | undefined> {
  const invoice = isStripeId(id) ? await ifKnown(stripe.invoices.retrieve(id)) : undefined
  return invoice?.status === 'open' ? idOf(invoice.customer) : undefined
}

function declinedOr(error: unknown): InvoiceAnswer {
  const declined = declineOf(error)
  if (declined === undefined) throw error
  return { kind: 'declined', message: declined.message }
}
