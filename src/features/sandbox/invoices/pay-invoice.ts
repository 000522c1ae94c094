import type { Stripe } from 'stripe'
import type { Sandbox } from '#src/integrations/stripe/index.ts'
import { findTestCard, idOf, listSavedCards, makeDefaultCard } from '../cards.ts'
import { declineOf } from '../refusals.ts'
import { findInvoice } from './invoice-page.ts'
import { findWaitingPayment } from './read-invoice.ts'

interface Where {
  readonly sandbox: Sandbox
  readonly stripe: Stripe
}

export interface PayInvoice {
  /** Of its page. */
  readonly pageId: string
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
  const open = await findOpen(stripe, input.pageId)
  if (open === undefined) return { kind: 'closed' }
  const { customer } = open
  const { card } = input
  if (card.kind === 'saved') {
    const isTheirs = (await listSavedCards(stripe, customer)).some(({ id }) => id === card.id)
    return isTheirs ? charge(stripe, { ...input, ...open, method: card.id }) : { kind: 'closed' }
  }
  const testCard = findTestCard(card.number)
  if (testCard === undefined) return { kind: 'unknown_card' }
  let added: Stripe.PaymentMethod
  try {
    added = await stripe.paymentMethods.attach(testCard.paymentMethodId, { customer })
  } catch (error) {
    return declinedOr(error)
  }
  const answer = await charge(stripe, { ...input, ...open, method: added.id })
  // A card that pays nothing is not kept.
  if (answer.kind === 'declined' || answer.kind === 'closed') await stripe.paymentMethods.detach(added.id)
  return answer
}

interface Charge extends PayInvoice, OpenInvoice {
  readonly method: string
}

async function charge(
  stripe: Stripe,
  { pageId, invoiceId, customer, method, makesDefault }: Charge,
): Promise<InvoiceAnswer> {
  try {
    await stripe.invoices.pay(invoiceId, { payment_method: method, off_session: false })
  } catch (error) {
    if (declineOf(error)?.code === 'invoice_payment_intent_requires_action') return { kind: 'needs_authentication' }
    // Somebody else was faster.
    if ((await findOpen(stripe, pageId)) === undefined) return { kind: 'closed' }
    return declinedOr(error)
  }
  if (makesDefault) await makeDefaultCard(stripe, { customer, card: method })
  return { kind: 'done' }
}

export interface AnswerBank {
  /** Of the invoice's page. */
  readonly pageId: string
  readonly answer: 'succeeded' | 'failed'
  readonly makesDefault: boolean
}

/** The card's owner tells the bank whether it was them. */
export async function answerBank({ sandbox, stripe }: Where, input: AnswerBank): Promise<InvoiceAnswer> {
  const open = await findOpen(stripe, input.pageId)
  const intent = open && (await findWaitingPayment(stripe, open.invoiceId))
  if (open === undefined || intent === undefined) return { kind: 'closed' }
  const { customer } = open
  const status = await sandbox.authenticate(intent.id, input.answer)
  if (status !== 'succeeded') return { kind: 'declined', message: 'We are unable to authenticate your payment method.' }
  const card = idOf(intent.payment_method)
  if (input.makesDefault && card !== undefined) await makeDefaultCard(stripe, { customer, card })
  return { kind: 'done' }
}

interface OpenInvoice {
  readonly invoiceId: string
  readonly customer: string
}

/** Undefined: it is not open, or there is no such page. */
async function findOpen(stripe: Stripe, pageId: string): Promise<OpenInvoice | undefined> {
  const invoice = await findInvoice(stripe, pageId)
  const customer = invoice?.status === 'open' ? idOf(invoice.customer) : undefined
  return invoice && customer !== undefined ? { invoiceId: invoice.id, customer } : undefined
}

function declinedOr(error: unknown): InvoiceAnswer {
  const declined = declineOf(error)
  if (declined === undefined) throw error
  return { kind: 'declined', message: declined.message }
}
