import { eq } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { billingCustomers } from '#src/db/schema/index.ts'
import { expireSession } from '../checkout/session.ts'
import type { ReconcileDeps } from '../context.ts'
import { findLost } from '../customers/ensure-customer.ts'
import { isDeleted } from '../customers/forget-customer.ts'
import { reduceEventsOf } from '../events/reduce-events.ts'
import { findCharge } from '../reconcile/record-money.ts'
import { reconcileInvoice } from '../reconcile/reconcile-money.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'

const pageSize = 100
const pagesMax = 50

/**
 * Before somebody's data goes: what they paid is in the books, nothing can be bought any more, their customer at Stripe is deleted,
 * and with it their subscriptions, which Stripe confirms; and what Stripe told about them is reduced to ids. Asks nobody about
 * somebody who never bought anything. Throws to be tried again; may run again after it succeeded.
 */
export async function settleBeforeDeletion(deps: ReconcileDeps, userId: string): Promise<void> {
  const [row] = await deps.db.select().from(billingCustomers).where(eq(billingCustomers.userId, userId))
  if (row === undefined) return
  // The answer that said who they are may have been lost.
  const customer = row.stripeCustomerId ?? (await findLost(deps, row))?.id
  if (customer === undefined) return
  if (!(await isDeleted(deps, customer))) {
    await expireSessions(deps, customer)
    await recordPayments(deps, customer)
    await stripeCall(() => deps.payments.stripe.customers.del(customer))
    if (!(await isDeleted(deps, customer))) throw new Error('Stripe still has a customer that was deleted there')
  }
  // One who paid at the last moment paid all the same.
  await recordPayments(deps, customer)
  await reduceEventsOf(deps, customer)
  // Real payments leave their traces at Stripe; the sandbox's lie in this database.
  await deps.payments.sandbox?.forget(customer)
}

type StripeDeps = Pick<ReconcileDeps, 'payments'>

async function expireSessions({ payments }: StripeDeps, customer: string): Promise<void> {
  const { sessions } = payments.stripe.checkout
  for (let page = 0; page < pagesMax; page += 1) {
    const { data } = await stripeCall(() => sessions.list({ customer, status: 'open', limit: pageSize }))
    if (data.length === 0) return
    // One that was completed just now can't be expired, and is no longer among the open ones when they are looked for again.
    for (const { id } of data) await expireSession({ payments }, id)
  }
  throw new Error('There are still open checkout sessions')
}

async function recordPayments(deps: ReconcileDeps, customer: string): Promise<void> {
  let after: string | undefined
  for (let page = 0; page < pagesMax; page += 1) {
    const { data, has_more: isMore } = await listPaid(deps, { customer, after })
    for (const { id, amount_paid: amount } of data) {
      if (id === undefined || amount === 0 || (await findCharge(deps.db, id)) !== undefined) continue
      await reconcileInvoice(deps, { stripeInvoiceId: id })
    }
    after = data.at(-1)?.id
    if (!isMore || after === undefined) return
  }
}

/** Stripe may know nothing any more of a customer that is deleted there; what was paid was recorded before. */
async function listPaid(
  deps: StripeDeps,
  page: Page,
): Promise<Pick<Stripe.ApiList<Stripe.Invoice>, 'data' | 'has_more'>> {
  try {
    return await stripeCall(() => paidInvoices(deps, page))
  } catch (error) {
    if (isMissing(error)) return { data: [], has_more: false }
    throw error
  }
}

interface Page {
  readonly customer: string
  readonly after: string | undefined
}

const paidInvoices = (
  { payments }: StripeDeps,
  { customer, after }: Page,
): Promise<Stripe.Response<Stripe.ApiList<Stripe.Invoice>>> =>
  payments.stripe.invoices.list({
    customer,
    status: 'paid',
    limit: pageSize,
    ...(after !== undefined && { starting_after: after }),
  })
