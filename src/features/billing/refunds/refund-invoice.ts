import { Stripe } from 'stripe'
import { AppError } from '#src/lib/errors.ts'
import type { Money } from '#src/lib/money.ts'
import { getPlan } from '../changes/own-plan.ts'
import type { ReconcileDeps } from '../context.ts'
import { readIntent, settleIntent, writeIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { metadataOf } from '../intents/metadata.ts'
import { withLease } from '../reconcile/lease.ts'
import { stripeCall } from '../stripe-failures.ts'
import { finishRefund, intendedOf } from './finish-refunds.ts'
import { findBoughtAddon, readPaid } from './read-paid.ts'
import type { Paid } from './read-paid.ts'

export interface RefundInvoice {
  readonly operatorId: string
  readonly subscriptionId: string
  readonly stripeInvoiceId: string
  /** Left out: all that is left. */
  readonly amountMinor?: number
  /** Kept in the audit trail. */
  readonly reason: string
  /** Nothing is done; the answer says what would be. */
  readonly isPreview: boolean
  /** A UUID of the caller's: with it again, nothing more is given back. */
  readonly id?: string
}

export interface Refund {
  readonly id: string
  readonly amount: Money
  /** What could still be given back after it. */
  readonly left: Money
  /** An add-on that ends with it, because nothing of its price is left. Null: none. */
  readonly revokes: { readonly addonId: string; readonly name: string } | null
  /** It had been made already. */
  readonly isReplayed: boolean
}

const openSeconds = 23 * 3_600

/**
 * Gives back what an invoice of a subscription was paid with, or a part of it, to the card that paid. Never more than was paid,
 * whoever does it at once. Throws `not_found`; `invalid_request` that names the amount; `conflict` where nothing is left or the
 * payment is disputed; `unavailable`: to be tried again with the same id.
 */
export async function refundInvoice(deps: ReconcileDeps, refund: RefundInvoice): Promise<Refund> {
  return withLease(deps, `refund:${refund.stripeInvoiceId}`, async () => {
    const id = refund.id ?? deps.newId()
    const plan = await getPlan(deps, { subscriptionId: refund.subscriptionId, userId: undefined })
    const known = await readIntent(deps.db, id)
    if (known !== undefined && !isSame(known, refund)) {
      throw new AppError('conflict', { detail: 'This id was used for something else.' })
    }
    if (known?.state === 'refused') throw new AppError('conflict', { detail: 'This refund came to nothing.' })
    const { subscriptionId, stripeInvoiceId } = refund
    const paid = await readPaid(deps, { subscriptionId, stripeInvoiceId, intentId: id })
    const wanted = known === undefined ? refund : intendedOf(known)
    const isReplayed = known?.state === 'done' || paid.made !== undefined
    const amountMinor = isReplayed ? (wanted.amountMinor ?? 0) : checkedAmount(wanted, paid.leftMinor)
    const leftMinor = paid.leftMinor - (isReplayed ? 0 : amountMinor)
    const revokes = leftMinor === 0 ? await findBoughtAddon(deps, stripeInvoiceId) : null
    const { currency } = paid
    const answer = {
      id,
      amount: { amountMinor, currency },
      left: { amountMinor: leftMinor, currency },
      revokes,
      isReplayed,
    }
    if (known?.state === 'done') return answer
    if (refund.isPreview) return answer
    const intent = await writeIntent(deps.db, {
      id,
      kind: 'refund',
      userId: plan.row.userId,
      agentId: plan.agent.id,
      subscriptionId: plan.row.id,
      input: { stripeInvoiceId, amountMinor, operatorId: refund.operatorId, reason: refund.reason },
      openSeconds,
    })
    const made = paid.made ?? (await give(deps, { intent, paid, amountMinor }))
    await finishRefund(deps, { intent, number: paid.invoice.number, made, revokes })
    return answer
  })
}

function isSame(intent: Intent, refund: RefundInvoice): boolean {
  if (intent.kind !== 'refund' || intent.subscriptionId !== refund.subscriptionId) return false
  const { stripeInvoiceId, amountMinor } = intendedOf(intent)
  const isAmount = refund.amountMinor === undefined || amountMinor === refund.amountMinor
  return stripeInvoiceId === refund.stripeInvoiceId && isAmount
}

function checkedAmount({ amountMinor }: Pick<RefundInvoice, 'amountMinor'>, leftMinor: number): number {
  if (leftMinor <= 0) throw new AppError('conflict', { detail: 'All of it has been given back already.' })
  const amount = amountMinor ?? leftMinor
  if (Number.isSafeInteger(amount) && amount > 0 && amount <= leftMinor) return amount
  const message = `must be from 1 to ${leftMinor}, which is what is left`
  throw new AppError('invalid_request', { errors: [{ in: 'json', path: 'amountMinor', message }] })
}

interface Giving {
  readonly intent: Intent
  readonly paid: Paid
  readonly amountMinor: number
}

async function give(deps: ReconcileDeps, { intent, paid, amountMinor }: Giving): Promise<Stripe.Refund> {
  try {
    return await stripeCall(() =>
      deps.payments.stripe.refunds.create(
        {
          payment_intent: paid.paymentIntent,
          amount: amountMinor,
          reason: 'requested_by_customer',
          metadata: metadataOf({ kind: 'refund', intentId: intent.id, agentId: intent.agentId }),
        },
        { idempotencyKey: `${intent.id}:refund` },
      ),
    )
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    await settleIntent(deps.db, { id: intent.id, state: 'refused', reason: error.code ?? 'refused' })
    throw new AppError('conflict', { detail: error.message })
  }
}
