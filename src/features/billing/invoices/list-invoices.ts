import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { agents, billingEntries, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Money } from '#src/lib/money.ts'
import { findCustomer } from '../customers/ensure-customer.ts'
import { idOf } from '../reconcile/read-stripe.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'

/** An invoice as whoever pays it sees it. */
export interface InvoiceView {
  /** Stripe's. */
  readonly id: string
  /** Null: Stripe has given it none. */
  readonly number: string | null
  readonly date: Date
  /** What it asks for; negative where it only gives credit. */
  readonly amount: Money
  /** What was paid by card: credit pays the rest. */
  readonly paid: Money
  /** What was given back. */
  readonly refunded: Money
  readonly state: 'open' | 'paid' | 'void' | 'uncollectible'
  /** Stripe's page for it, where it can also be paid. */
  readonly url: string | null
  readonly pdfUrl: string | null
  /** What it is for. Null: not known any more. */
  readonly agentName: string | null
}

export interface InvoicePage {
  readonly items: readonly InvoiceView[]
  /** Null: there are no more. */
  readonly nextCursor: string | null
}

export interface WhoseInvoices {
  readonly userId: string
  readonly cursor?: string | undefined
}

type ReadDeps = Pick<Deps, 'db' | 'payments'>

const pageSize = 20

/** Somebody's own invoices, the newest first, 20 at a time. Throws `invalid_request` for a cursor that is none, and `unavailable`. */
export async function listInvoices(deps: ReadDeps, { userId, cursor }: WhoseInvoices): Promise<InvoicePage> {
  const customer = await findCustomer(deps, userId)
  return customer === undefined ? { items: [], nextCursor: null } : pageOf(deps, { customer, cursor })
}

interface Page {
  readonly customer?: string
  readonly subscription?: string
  readonly cursor: string | undefined
}

/** Drafts are left out: they may still change. */
async function pageOf(deps: ReadDeps, { cursor, ...which }: Page): Promise<InvoicePage> {
  if (cursor !== undefined && !/^in_\w{1,250}$/.test(cursor)) throw badCursor()
  const { data, has_more: isMore } = await stripeCall(() =>
    deps.payments.stripe.invoices.list({
      ...which,
      limit: pageSize,
      ...(cursor !== undefined && { starting_after: cursor }),
    }),
  ).catch((error: unknown) => {
    throw isMissing(error) ? badCursor() : error
  })
  const final = data.filter(({ status }) => status !== 'draft' && status !== null)
  return { items: await describe(deps, final), nextCursor: isMore ? (data.at(-1)?.id ?? null) : null }
}

function badCursor(): AppError {
  const message = 'is not a cursor of this list; leave it out to begin at the start'
  return new AppError('invalid_request', { errors: [{ in: 'query', path: 'cursor', message }] })
}

export async function describe({ db }: Pick<Deps, 'db'>, invoices: readonly Stripe.Invoice[]): Promise<InvoiceView[]> {
  if (invoices.length === 0) return []
  const ids = invoices.map(({ id }) => id)
  const entries = await db
    .select({ entry: billingEntries, agent: agents.name })
    .from(billingEntries)
    .leftJoin(agents, eq(agents.id, billingEntries.agentRef))
    .where(and(eq(billingEntries.kind, 'charge'), inArray(billingEntries.stripeObjectId, ids)))
  const refunds = await refundsOf(
    { db },
    entries.map(({ entry }) => entry),
  )
  const ofSubscriptions = await namesOf({ db }, invoices)
  return invoices.map((invoice) => {
    const currency = invoice.currency.toUpperCase()
    const known = entries.find(({ entry }) => entry.stripeObjectId === invoice.id)
    return {
      id: invoice.id,
      number: invoice.number,
      date: new Date((invoice.effective_at ?? invoice.created) * 1000),
      amount: { amountMinor: invoice.total, currency },
      paid: { amountMinor: invoice.amount_paid, currency },
      refunded: { amountMinor: refunds.get(invoice.id) ?? 0, currency },
      state: stateOf(invoice),
      url: invoice.hosted_invoice_url ?? null,
      pdfUrl: invoice.invoice_pdf ?? null,
      agentName: known?.agent ?? ofSubscriptions.get(subscriptionOf(invoice) ?? '') ?? null,
    }
  })
}

const endStates = ['paid', 'void', 'uncollectible'] as const

const stateOf = ({ status }: Stripe.Invoice): InvoiceView['state'] =>
  endStates.find((state) => state === status) ?? 'open'

function subscriptionOf({ parent }: Stripe.Invoice): string | undefined {
  const subscription = parent?.subscription_details?.subscription
  return subscription === undefined || subscription === null ? undefined : idOf(subscription)
}

/** By invoice, in minor units, without what failed on its way; what a bank took back is no refund. */
async function refundsOf(
  { db }: Pick<Deps, 'db'>,
  charges: readonly (typeof billingEntries.$inferSelect)[],
): Promise<ReadonlyMap<string, number>> {
  const subjects = [...new Set(charges.flatMap(({ subjectHash }) => subjectHash ?? []))]
  if (subjects.length === 0) return new Map()
  const ids = charges.flatMap(({ stripeObjectId }) => stripeObjectId ?? [])
  const rows = await db
    .select()
    .from(billingEntries)
    .where(
      and(
        inArray(billingEntries.kind, ['refund', 'adjustment']),
        inArray(billingEntries.subjectHash, subjects),
        inArray(sql`${billingEntries.metadata}->>'charge'`, ids),
      ),
    )
    .orderBy(billingEntries.seq)
    .limit(refundsMax)
  const sums = new Map<string, number>()
  for (const { metadata, amount } of rows) {
    const charge = (metadata as { readonly charge?: unknown }).charge
    if (typeof charge === 'string') sums.set(charge, (sums.get(charge) ?? 0) - amount)
  }
  return sums
}

const refundsMax = 1_000

/** Of invoices that nothing was paid by. */
async function namesOf(
  { db }: Pick<Deps, 'db'>,
  invoices: readonly Stripe.Invoice[],
): Promise<ReadonlyMap<string, string>> {
  const ids = invoices.flatMap((invoice) => subscriptionOf(invoice) ?? [])
  const rows = await db
    .select({ id: userAgentSubscriptions.stripeSubscriptionId, name: agents.name })
    .from(userAgentSubscriptions)
    .innerJoin(agents, eq(agents.id, userAgentSubscriptions.agentId))
    .where(inArray(userAgentSubscriptions.stripeSubscriptionId, ids))
  return new Map(rows.map(({ id, name }) => [id ?? '', name]))
}
