import { z } from '@hono/zod-openapi'
import { and, asc, eq, lt, sql } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { recordAudit } from '#src/db/audit.ts'
import { billingIntents, user } from '#src/db/schema/index.ts'
import { refundMade } from '#src/integrations/mail/index.ts'
import { getPlan } from '../changes/own-plan.ts'
import type { ReconcileDeps } from '../context.ts'
import { noteOnIntent, settleIntent, touchIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileRefund } from '../reconcile/reconcile-money.ts'
import { findBoughtAddon, readPaid } from './read-paid.ts'

const intendedSchema = z.object({
  stripeInvoiceId: z.string(),
  amountMinor: z.int(),
  operatorId: z.string(),
  reason: z.string(),
})

/** What an intent to give money back was written down with. */
export const intendedOf = ({ input }: Pick<Intent, 'input'>) => intendedSchema.parse(input)

interface Finishing {
  readonly intent: Intent
  /** Of the invoice. */
  readonly number: string | null
  readonly made: Stripe.Refund
  /** The add-on that ends with it. */
  readonly revokes: { readonly name: string } | null
}

/** Writes down a refund that Stripe has made, and tells whoever had paid; once. */
export async function finishRefund(deps: ReconcileDeps, { intent, number, made, revokes }: Finishing): Promise<void> {
  await noteOnIntent(deps.db, intent.id, { stripeObjectId: made.id })
  await reconcileRefund(deps, { stripeRefundId: made.id })
  const { stripeInvoiceId, operatorId, reason } = intendedOf(intent)
  const { row, agent } = await getPlan(deps, { subscriptionId: intent.subscriptionId ?? '', userId: undefined })
  const amount = { amountMinor: made.amount, currency: made.currency.toUpperCase() }
  await deps.db.transaction(async (tx) => {
    if (!(await settleIntent(tx, { id: intent.id, state: 'done' }))) return
    await recordAudit(tx, {
      userId: operatorId,
      action: 'billing.refund',
      resource: 'subscription',
      resourceId: row.id,
      metadata: { invoice: stripeInvoiceId, refund: made.id, ...amount, reason },
    })
    const [person] = await tx.select().from(user).where(eq(user.id, row.userId))
    if (person === undefined) return
    const mail = refundMade({
      name: person.name,
      agent: agent.name,
      amount,
      number: number ?? '',
      revokedAddon: revokes?.name,
      url: `${deps.baseUrl}/account/invoices`,
    })
    await deps.mail.enqueue({ ...mail, to: person.email, template: 'refund-made' }, { tx, id: intent.id })
  })
}

const atOnceMax = 100
const restMinutes = 10

/**
 * Brings refunds to their end that were cut off. What Stripe has not made by now is not made here: an operator sees that it failed,
 * and decides again. Safe to repeat.
 */
export async function finishRefunds(deps: ReconcileDeps): Promise<void> {
  const intents = await deps.db
    .select()
    .from(billingIntents)
    .where(
      and(
        eq(billingIntents.kind, 'refund'),
        eq(billingIntents.state, 'open'),
        lt(billingIntents.createdAt, sql`now() - make_interval(mins => ${restMinutes})`),
      ),
    )
    .orderBy(asc(billingIntents.updatedAt))
    .limit(atOnceMax)
  for (const intent of intents) {
    const { stripeInvoiceId } = intendedOf(intent)
    try {
      await touchIntent(deps.db, intent.id)
      await withLease(deps, `refund:${stripeInvoiceId}`, () => finishOne(deps, { intent, stripeInvoiceId }))
    } catch (error) {
      deps.log.warn({ err: error, intentId: intent.id }, 'billing: a refund could not be settled yet')
    }
  }
}

async function finishOne(
  deps: ReconcileDeps,
  { intent, stripeInvoiceId }: { intent: Intent; stripeInvoiceId: string },
): Promise<void> {
  const subscriptionId = intent.subscriptionId ?? ''
  const { made, invoice, leftMinor } = await readPaid(deps, { subscriptionId, stripeInvoiceId, intentId: intent.id })
  if (made === undefined) {
    await settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'abandoned' })
    return
  }
  const revokes = leftMinor === 0 ? await findBoughtAddon(deps, stripeInvoiceId) : null
  await finishRefund(deps, { intent, number: invoice.number, made, revokes })
}
