import { and, eq, isNotNull } from 'drizzle-orm'
import { billingEntries } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { getPlan } from '../changes/own-plan.ts'
import { describe } from '../invoices/list-invoices.ts'
import type { InvoiceView } from '../invoices/list-invoices.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'

const most = 50

/**
 * The invoices of a subscription for operators, the newest first: those that were paid, add-ons too, and those that are open; 50 of
 * each at most. Throws `not_found` and `unavailable`.
 */
export async function listSubscriptionInvoices(
  deps: Pick<Deps, 'db' | 'payments'>,
  subscriptionId: string,
): Promise<InvoiceView[]> {
  const { row } = await getPlan(deps, { subscriptionId, userId: undefined })
  const { invoices } = deps.payments.stripe
  const subscription = row.stripeSubscriptionId
  const own = subscription === null ? [] : (await stripeCall(() => invoices.list({ subscription, limit: most }))).data
  const addons = await deps.db
    .select({ id: billingEntries.stripeObjectId })
    .from(billingEntries)
    .where(
      and(
        eq(billingEntries.subscriptionRef, subscriptionId),
        eq(billingEntries.kind, 'charge'),
        isNotNull(billingEntries.stripeObjectId),
      ),
    )
    .orderBy(billingEntries.seq)
    .limit(most)
  const others = addons.flatMap(({ id }) => (id === null || own.some((invoice) => invoice.id === id) ? [] : [id]))
  const found = [...own]
  for (const id of others) {
    const invoice = await stripeCall(() => invoices.retrieve(id)).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
    if (invoice !== undefined) found.push(invoice)
  }
  const final = found.filter(({ status }) => status !== 'draft')
  return describe(
    deps,
    final.toSorted((a, b) => b.created - a.created),
  )
}
