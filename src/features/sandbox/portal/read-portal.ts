import type { Stripe } from 'stripe'
import type { Sandbox } from '#src/integrations/stripe/index.ts'
import type { Money } from '#src/lib/money.ts'
import { isStripeId } from '../refusals.ts'
import { idOf, listLive, listSavedCards } from '../cards.ts'
import type { SavedCard } from '../cards.ts'
import { pageIdOf } from '../invoices/invoice-page.ts'
import { shownStatus } from '../invoices/status.ts'
import type { InvoiceStatus } from '../invoices/status.ts'
import { moneyOf } from '../money.ts'

export interface PortalCard extends SavedCard {
  readonly isDefault: boolean
  /** Something still running is paid with it. */
  readonly isInUse: boolean
}

export interface PortalInvoice {
  /** Of its page. */
  readonly pageId: string
  readonly number: string
  readonly date: string
  readonly total: Money
  readonly status: InvoiceStatus
}

export type SandboxPortal =
  | { readonly kind: 'expired'; readonly returnUrl: string | undefined }
  | {
      readonly kind: 'open'
      readonly returnUrl: string | undefined
      readonly email: string | undefined
      readonly isForCards: boolean
      readonly cards: readonly PortalCard[]
      /** The newest ones. */
      readonly invoices: readonly PortalInvoice[]
    }

interface Where {
  readonly sandbox: Sandbox
  readonly stripe: Stripe
}

const invoicesMax = 24

/** Undefined: there is no such session. */
export async function readPortal({ sandbox, stripe }: Where, id: string): Promise<SandboxPortal | undefined> {
  const session = isStripeId(id) ? await sandbox.readPortal(id) : undefined
  if (session === undefined) return undefined
  const { returnUrl, isForCards, customer } = session
  if (!session.isOpen) return { kind: 'expired', returnUrl }
  const owner = await stripe.customers.retrieve(customer)
  const invoices = await stripe.invoices.list({ customer, limit: invoicesMax })
  return {
    kind: 'open',
    returnUrl,
    isForCards,
    email: owner.deleted === true ? undefined : (owner.email ?? undefined),
    cards: await readCards(stripe, customer),
    invoices: invoices.data.flatMap(shownInvoice),
  }
}

function shownInvoice(invoice: Stripe.Invoice): PortalInvoice[] {
  const { id, number, created, total, currency, status } = invoice
  const shown = shownStatus(status)
  const pageId = pageIdOf(invoice)
  if (shown === undefined || pageId === undefined) return []
  const date = new Date(created * 1000).toISOString()
  return [{ pageId, number: number ?? id, date, total: moneyOf(total, currency), status: shown }]
}

export async function readCards(stripe: Stripe, customer: string): Promise<PortalCard[]> {
  const owner = await stripe.customers.retrieve(customer)
  if (owner.deleted === true) return []
  const byDefault = idOf(owner.invoice_settings.default_payment_method)
  const live = await listLive(stripe, customer)
  const inUse = new Set(live.map(({ default_payment_method: own }) => idOf(own) ?? byDefault))
  const cards = await listSavedCards(stripe, customer)
  // Checkout saves a card with its subscription only, and then it is the one that counts.
  const mainCard = byDefault ?? [...inUse].find((id) => id !== undefined)
  return cards.map((card) => ({ ...card, isDefault: card.id === mainCard, isInUse: inUse.has(card.id) }))
}
