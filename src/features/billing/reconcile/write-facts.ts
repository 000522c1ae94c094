// Writes all that Stripe says about a subscription: its state, what was paid, and its add-ons.
import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { outboxEvents, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { applyBilled, endBilled } from '#src/features/subscriptions/index.ts'
import type { Billed, SubscriptionRow, Written } from '#src/features/subscriptions/index.ts'
import type { AfterTrial } from '#src/integrations/mail/index.ts'
import { businessNow } from '../clock.ts'
import type { ReconcileDeps } from '../context.ts'
import { syncRecurringAddons } from './addon-items.ts'
import { decide } from './decide.ts'
import type { PaidDecision } from './decide.ts'
import type { StripeFacts } from './read-stripe.ts'
import { recordCharge } from './record-money.ts'
import { knownTiers, storedFacts } from './stored.ts'
import { tellEnded, tellFailed, tellPaid, tellTrialEnding } from './tell-people.ts'

interface Writing {
  readonly row: SubscriptionRow
  readonly facts: StripeFacts
}

/** In the caller's transaction, under its lease. Throws `conflict` when the row has ended meanwhile. */
export async function writeFacts(tx: Transaction, deps: ReconcileDeps, { row, facts }: Writing): Promise<void> {
  const now = await businessNow(tx)
  const tiers = await knownTiers(tx, { agentId: row.agentId, facts, row })
  const stored = storedFacts(row, { tiers, now, stripeSubscriptionId: facts.id })
  const decision = decide(facts, stored, { tiers, now })
  if (decision === undefined) throw new Error(`Nothing in ${facts.id} at Stripe is a tier of its agent`)
  if (decision.kind === 'ended') await writeEnd(tx, deps, { row, facts, ...decision })
  else await writePaid(tx, deps, { row, facts, decision, now })
  await recordInvoices(tx, deps, { row, facts, decision: decision.kind === 'paid' ? decision : undefined })
  await syncRecurringAddons(tx, deps, { row, facts, isOver: decision.kind === 'ended' })
  await tx
    .update(userAgentSubscriptions)
    // Agreeing with Stripe is no change of the subscription.
    .set({ reconciledAt: sql`clock_timestamp()`, updatedAt: sql`${userAgentSubscriptions.updatedAt}` })
    .where(eq(userAgentSubscriptions.id, row.id))
}

/** As the subscriptions feature takes it. */
export const billedOf = (
  decision: PaidDecision,
  { subscriptionId, facts, disputedAt }: { subscriptionId: string; facts: StripeFacts; disputedAt: Date | null },
): Billed => ({
  subscriptionId,
  tierId: decision.tierId,
  status: decision.status,
  period: decision.period,
  ...(decision.anchor !== undefined && { anchor: decision.anchor }),
  trialEndsAt: decision.trialEndsAt,
  pastDueAt: decision.pastDueAt,
  amount: decision.item.unitAmount * decision.item.quantity,
  currency: decision.item.currency,
  priceId: decision.item.priceId,
  next: decision.next,
  cancelAtPeriodEnd: decision.cancelAtPeriodEnd,
  disputedAt,
  stripe: { customerId: facts.customerId, subscriptionId: facts.id },
})

async function writePaid(
  tx: Transaction,
  deps: ReconcileDeps,
  { row, facts, decision, now }: Writing & { decision: PaidDecision; now: Date },
): Promise<void> {
  const billed = billedOf(decision, { subscriptionId: row.id, facts, disputedAt: row.disputedAt })
  const written = await applyBilled(tx, deps, billed)
  if (decision.status === 'past_due' && written.before.status !== 'past_due')
    await tellOfFailure(tx, deps, { written, facts })
  await tellOfTrialEnd(tx, deps, { row: written.row, facts, decision, now })
}

/** As long before as Stripe itself speaks of it. */
const trialNoticeMs = 3 * 86_400_000

/** Says once what follows a trial, before it does. */
async function tellOfTrialEnd(
  tx: Transaction,
  deps: ReconcileDeps,
  { row, decision, facts, now }: Writing & { decision: PaidDecision; now: Date },
): Promise<void> {
  const endsAt = decision.trialEndsAt
  if (decision.status !== 'trialing' || endsAt === null || +endsAt - +now > trialNoticeMs) return
  const event = { type: 'subscription.trial_ending', subject: row.id }
  const told = and(eq(outboxEvents.subject, event.subject), eq(outboxEvents.type, event.type))
  if ((await tx.$count(outboxEvents, told)) > 0) return
  await tx.insert(outboxEvents).values({ ...event, payload: { subscriptionId: row.id, endsAt: endsAt.toISOString() } })
  await tellTrialEnding(tx, deps, { row, endsAt, after: afterTrial(decision, facts) })
}

function afterTrial(
  { next, cancelAtPeriodEnd, item }: PaidDecision,
  { hasPaymentMethod, cancelsAt }: StripeFacts,
): AfterTrial {
  if (cancelAtPeriodEnd) return { kind: 'end' }
  if (cancelsAt !== null && next !== null) return { kind: 'free_tier' }
  if (!hasPaymentMethod) return { kind: 'end' }
  const amount = { amountMinor: item.unitAmount * item.quantity, currency: item.currency }
  return { kind: 'charge', amount, interval: item.interval }
}

const dayMs = 86_400_000

async function tellOfFailure(
  tx: Transaction,
  deps: ReconcileDeps,
  { written: { row }, facts }: { written: Written; facts: StripeFacts },
): Promise<void> {
  const open = facts.invoices.find(({ status }) => status === 'open')
  if (open === undefined) return
  const graceMs = deps.config.paymentGraceDays * dayMs
  await tellFailed(tx, deps, {
    row,
    amount: { amountMinor: open.amount_remaining, currency: open.currency.toUpperCase() },
    triesAgainAt: open.next_payment_attempt === null ? undefined : new Date(open.next_payment_attempt * 1000),
    worksUntil: new Date(+row.currentPeriodEnd + graceMs),
  })
}

async function writeEnd(
  tx: Transaction,
  deps: ReconcileDeps,
  { row, facts, status, at }: Writing & { status: 'canceled' | 'incomplete_expired'; at: Date },
): Promise<void> {
  const { isChanged, isFree } = await endBilled(tx, { subscriptionId: row.id, status, at })
  if (!isChanged || isFree) return
  const isTrial = facts.trialEndsAt !== null && +at <= +facts.trialEndsAt
  const why = isTrial ? 'trial_over' : row.status === 'past_due' || row.status === 'unpaid' ? 'unpaid' : 'as_asked'
  await tellEnded(tx, deps, { row, endedAt: at, why })
}

interface Recording extends Writing {
  readonly decision: PaidDecision | undefined
}

async function recordInvoices(
  tx: Transaction,
  deps: ReconcileDeps,
  { row, facts, decision }: Recording,
): Promise<void> {
  const { userId, agentId, isTest, id: subscriptionId } = row
  const nextAt = decision === undefined || decision.cancelAtPeriodEnd ? undefined : decision.item.end
  for (const invoice of facts.invoices.toReversed()) {
    const charge = await recordCharge(tx, deps, { invoice, subject: { userId, agentId, subscriptionId, isTest } })
    if (charge === undefined) continue
    await tellPaid(tx, deps, { about: { userId, agentId, tierId: decision?.tierId ?? row.tierId }, charge, nextAt })
  }
}
