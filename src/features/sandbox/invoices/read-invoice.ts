import type { Stripe } from 'stripe'
import type { Money } from '#src/lib/money.ts'
import { idOf, listSavedCards } from '../cards.ts'
import type { SavedCard } from '../cards.ts'
import { moneyOf } from '../money.ts'
import { findInvoice } from './invoice-page.ts'
import { shownStatus } from './status.ts'
import type { InvoiceStatus } from './status.ts'

export interface SandboxInvoice {
  readonly number: string
  readonly date: string
  readonly status: InvoiceStatus
  readonly billedTo: readonly string[]
  readonly lines: readonly {
    readonly description: string
    readonly from: string
    readonly to: string
    readonly amount: Money
    /** The total so far. */
    readonly balance: Money
  }[]
  readonly total: Money
  readonly amountDue: Money
  readonly paidAt: string | undefined
  /** A charge waits for what its card's owner tells the bank. */
  readonly isAskedByBank: boolean
  /** What an open one can be paid with. */
  readonly cards: readonly SavedCard[]
}

/** Undefined: there is no such invoice, or it is a draft, which has no page. */
export async function readInvoice(stripe: Stripe, pageId: string): Promise<SandboxInvoice | undefined> {
  const invoice = await findInvoice(stripe, pageId)
  const status = shownStatus(invoice?.status ?? null)
  if (invoice === undefined || status === undefined) return undefined
  const { id, currency } = invoice
  const customer = idOf(invoice.customer)
  const isOpen = status === 'open'
  let balance = 0
  return {
    number: invoice.number ?? id,
    date: timeOf(invoice.effective_at ?? invoice.created),
    status,
    billedTo: [invoice.customer_name, invoice.customer_email].filter((line) => typeof line === 'string'),
    lines: invoice.lines.data.map(({ description, period, amount }) => {
      balance += amount
      return {
        description: description ?? '',
        from: timeOf(period.start),
        to: timeOf(period.end),
        amount: moneyOf(amount, currency),
        balance: moneyOf(balance, currency),
      }
    }),
    total: moneyOf(invoice.total, currency),
    amountDue: moneyOf(invoice.amount_due, currency),
    paidAt: invoice.status_transitions.paid_at === null ? undefined : timeOf(invoice.status_transitions.paid_at),
    isAskedByBank: isOpen && (await findWaitingPayment(stripe, id)) !== undefined,
    cards: isOpen && customer !== undefined ? await listSavedCards(stripe, customer) : [],
  }
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** The payment that waits for its card's owner. */
export async function findWaitingPayment(stripe: Stripe, invoice: string): Promise<Stripe.PaymentIntent | undefined> {
  const { data } = await stripe.invoicePayments.list({ invoice, limit: 1 })
  const reference = data[0]?.payment.payment_intent
  const id = reference === undefined ? undefined : idOf(reference)
  if (id === undefined) return undefined
  const intent = await stripe.paymentIntents.retrieve(id)
  return intent.status === 'requires_action' ? intent : undefined
}
