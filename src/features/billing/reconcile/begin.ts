// A subscription at Stripe that is not stored yet: it came from a checkout of ours. It becomes the person's subscription, or, when
// they have one already, it is taken back.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { isUniqueViolation } from '#src/db/errors.ts'
import type { Transaction } from '#src/db/client.ts'
import {
  agentPricingTiers,
  billingEntries,
  billingIntents,
  openStatuses,
  organizationMember,
  agents,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { recordInstall, recordInteraction } from '#src/features/engagement/index.ts'
import { applyBilled, inTransaction, openIn } from '#src/features/subscriptions/index.ts'
import type { SubscriptionRow } from '#src/features/subscriptions/index.ts'
import { businessNow } from '../clock.ts'
import type { Reconciled, ReconcileDeps } from '../context.ts'
import { settleIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { stripeCall } from '../stripe-failures.ts'
import { cardHadTrial, hadTrial, rememberTrial } from '../trials/trial-memory.ts'
import { decide, isPeriodPaid } from './decide.ts'
import type { PaidDecision } from './decide.ts'
import type { Lease } from './lease.ts'
import { readStripe } from './read-stripe.ts'
import type { StripeFacts } from './read-stripe.ts'
import { knownTiers } from './stored.ts'
import { recordCharge } from './record-money.ts'
import { undo, undoReasons } from './undo.ts'
import { billedOf, writeFacts } from './write-facts.ts'

interface Beginning {
  readonly lease: Lease
  readonly facts: StripeFacts
  readonly intent: Intent
}

export async function beginSubscription(deps: ReconcileDeps, { lease, facts, intent }: Beginning): Promise<Reconciled> {
  const undoing = undoReasons.find((reason) => reason === intent.reason)
  // Taking it back was begun before, and may not have come to its end.
  if (undoing !== undefined && facts.status !== 'incomplete')
    return undo(deps, { lease, facts, intent, reason: undoing })
  switch (facts.status) {
    case 'incomplete':
      return { outcome: 'pending' }
    case 'canceled':
    case 'incomplete_expired':
      return recordEnded(deps, { lease, facts, intent })
    default:
      return begin(deps, { lease, facts, intent })
  }
}

/** It ended before anybody looked, or went on as a free tier since: it is nobody's any more, and what was paid was paid all the same. */
async function recordEnded(deps: ReconcileDeps, { lease, facts, intent }: Beginning): Promise<Reconciled> {
  const { userId, agentId, subscriptionId } = intent
  await inTransaction(deps.db, async (tx) => {
    await lease.hold(tx)
    const isTest = await isOwnPerson(tx, { userId, agentId })
    const subject = { userId, agentId, subscriptionId: subscriptionId ?? undefined, isTest }
    for (const invoice of facts.invoices.toReversed()) await recordCharge(tx, deps, { invoice, subject })
    // Once: a card that was added since had nothing to do with it.
    const isFirst =
      intent.state !== 'done' && (await settleIntent(tx, { id: intent.id, state: 'refused', reason: 'ended' }))
    if (isFirst && facts.trialEndsAt !== null)
      await rememberTrial(tx, deps, { userId, agentId, cardFingerprint: facts.cardFingerprint })
  })
  return { outcome: intent.state === 'done' ? 'reconciled' : 'refused' }
}

async function begin(deps: ReconcileDeps, { lease, facts, intent }: Beginning): Promise<Reconciled> {
  const { userId, agentId } = intent
  const isTrial = facts.status === 'trialing'
  if (isTrial) {
    const { cardFingerprint } = facts
    const hadOne =
      (await hadTrial(deps.db, deps, { userId, agentId })) ||
      (await cardHadTrial(deps.db, deps, { agentId, cardFingerprint }))
    if (hadOne) return undo(deps, { lease, facts, intent, reason: 'trial_used' })
  }
  const isOver = !isTrial && facts.trialEndsAt !== null && facts.cancelsAt === null
  if (isOver && (await trialEndOf(deps, intent)) !== 'charge')
    return undo(deps, { lease, facts, intent, reason: 'trial_over' })
  const planned = isTrial ? await planTrialEnd(deps, { facts, intent }) : facts
  for (let attempt = 1; ; attempt += 1) {
    try {
      const subscriptionId = await inTransaction(deps.db, (tx) => write(tx, deps, { lease, facts: planned, intent }))
      if (subscriptionId !== undefined) return { outcome: 'reconciled', subscriptionId }
      return undo(deps, { lease, facts: planned, intent, reason: 'already_subscribed' })
    } catch (error) {
      if (error instanceof TrialTakenError) return undo(deps, { lease, facts: planned, intent, reason: 'trial_used' })
      // Another subscription came at this moment. What it is, free or paid, is looked at before anything is given back.
      if (attempt === attemptsMax || !isUniqueViolation(error)) throw error
    }
  }
}

const attemptsMax = 3

/** Somebody else has begun a trial with the same card since that was looked at. */
class TrialTakenError extends Error {
  override readonly name = 'TrialTakenError'
}

/** What was to follow the trial: nobody has told Stripe when it is over unseen, and then Stripe charges. */
async function trialEndOf({ db }: ReconcileDeps, { tierId }: Intent): Promise<TrialEnd> {
  if (tierId === null) return 'charge'
  const [tier] = await db
    .select({ endsWith: agentPricingTiers.trialEndsWith })
    .from(agentPricingTiers)
    .where(eq(agentPricingTiers.id, tierId))
  return tier?.endsWith ?? 'charge'
}

type TrialEnd = (typeof agentPricingTiers.$inferSelect)['trialEndsWith']

/** A trial that isn't followed by a charge is told so to Stripe before it counts here. */
async function planTrialEnd(deps: ReconcileDeps, { facts, intent }: Omit<Beginning, 'lease'>): Promise<StripeFacts> {
  if (intent.tierId === null || facts.cancelsAt !== null) return facts
  const [tier] = await deps.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, intent.tierId))
  if (tier === undefined || tier.trialEndsWith === 'charge') return facts
  const free = tier.trialEndsWith === 'free_tier' ? await findFreeTier(deps, tier.agentId) : undefined
  const metadata = free === undefined ? undefined : { rialto_next_tier: free }
  await stripeCall(() =>
    deps.payments.stripe.subscriptions.update(
      facts.id,
      { cancel_at_period_end: true, ...(metadata && { metadata }) },
      { idempotencyKey: `${intent.id}:trial-end` },
    ),
  )
  return (await readStripe(deps, facts.id)) ?? facts
}

/** The free tier on offer that people see first. Undefined: the agent has none. */
export async function findFreeTier({ db }: Pick<ReconcileDeps, 'db'>, agentId: string): Promise<string | undefined> {
  const [free] = await db
    .select({ id: agentPricingTiers.id })
    .from(agentPricingTiers)
    .where(
      and(
        eq(agentPricingTiers.agentId, agentId),
        agentPricingTiers.isFree,
        sql`${agentPricingTiers.archivedAt} IS NULL AND ${agentPricingTiers.effectiveAt} <= rialto_now()`,
      ),
    )
    .orderBy(agentPricingTiers.sortOrder, agentPricingTiers.id)
    .limit(1)
  return free?.id
}

/** Undefined: the person has a paid subscription already. A unique violation: one came at this moment, of whatever kind. */
async function write(
  tx: Transaction,
  deps: ReconcileDeps,
  { lease, facts, intent }: Beginning,
): Promise<string | undefined> {
  await lease.hold(tx)
  // Ended, or with its person gone, since it was read.
  const [held] = await tx.select().from(billingIntents).where(eq(billingIntents.id, intent.id)).for('update')
  if (held === undefined) throw new Error('The intent of a checkout is gone')
  const { userId, agentId } = intent
  const now = await businessNow(tx)
  const tiers = await knownTiers(tx, { agentId, facts, row: undefined })
  const decision = decide(facts, undefined, { tiers, now })
  if (decision === undefined) throw new Error(`Nothing in ${facts.id} at Stripe is a tier of its agent`)
  if (decision.kind === 'ended') throw new Error('It is over, which was looked at before')
  const present = await findOpen(tx, { userId, agentId })
  const row =
    present === undefined
      ? await open(tx, deps, { facts, intent, decision })
      : await takeOver(tx, deps, { facts, present, decision })
  if (row === undefined) return undefined
  if (facts.trialEndsAt !== null) {
    const isFirst = await rememberTrial(tx, deps, { userId, agentId, cardFingerprint: facts.cardFingerprint })
    // One that is over and paid for by now stays.
    if (!isFirst && facts.status === 'trialing') throw new TrialTakenError()
  }
  await writeFacts(tx, deps, { row, facts })
  await settleIntent(tx, { id: intent.id, state: 'done', subscriptionId: row.id })
  if (!row.isTest) await tellShop(tx, { intent, facts, row, isNew: present === undefined })
  return row.id
}

interface Begun {
  readonly intent: Intent
  readonly facts: StripeFacts
  readonly row: SubscriptionRow
  /** Not a free one that goes on. */
  readonly isNew: boolean
}

/** What the marketplace's people hear of, besides the money. */
async function tellShop(tx: Transaction, { intent, facts, row, isNew }: Begun): Promise<void> {
  const { userId, agentId } = intent
  await recordInstall(tx, { userId, agentId, by: 'subscription' })
  await recordInteraction(tx, {
    type: isNew ? 'subscribed' : 'upgraded',
    userId,
    agentId,
    metadata: { tierId: row.tierId, isTrial: facts.status === 'trialing' },
  })
}

interface Whose {
  readonly userId: string
  readonly agentId: string
}

async function findOpen(tx: Transaction, { userId, agentId }: Whose): Promise<SubscriptionRow | undefined> {
  const [row] = await tx
    .select()
    .from(userAgentSubscriptions)
    .where(
      and(
        eq(userAgentSubscriptions.userId, userId),
        eq(userAgentSubscriptions.agentId, agentId),
        inArray(userAgentSubscriptions.status, [...openStatuses]),
      ),
    )
    .for('no key update')
  return row
}

interface Opening {
  readonly facts: StripeFacts
  readonly decision: PaidDecision
}

async function open(
  tx: Transaction,
  deps: ReconcileDeps,
  { facts, decision, intent }: Opening & { intent: Intent },
): Promise<SubscriptionRow> {
  const { userId, agentId } = intent
  const {
    subscriptionId: _,
    stripe,
    next: __,
    cancelAtPeriodEnd: ___,
    disputedAt: ____,
    ...payment
  } = billedOf(decision, {
    subscriptionId: '',
    facts,
    disputedAt: null,
  })
  return openIn(tx, {
    newId: deps.newId,
    userId,
    agentId,
    tierId: payment.tierId,
    by: { kind: 'system' },
    payment: { ...payment, stripeCustomerId: stripe.customerId, stripeSubscriptionId: stripe.subscriptionId },
    isTest: await isOwnPerson(tx, { userId, agentId }),
    bothPaidInFull:
      facts.status !== 'trialing' &&
      isPeriodPaid(facts, decision.item) &&
      (await wereEarlierPaid(tx, { userId, agentId })),
  })
}

/** A member of the organization that publishes it. */
async function isOwnPerson(tx: Transaction, { userId, agentId }: Whose): Promise<boolean> {
  const rows = await tx
    .select({ id: organizationMember.id })
    .from(organizationMember)
    .innerJoin(agents, eq(agents.organizationId, organizationMember.organizationId))
    .where(and(eq(agents.id, agentId), eq(organizationMember.userId, userId)))
    .limit(1)
  return rows.length > 0
}

/** Each earlier subscription whose period is still running was paid for, and nothing of it was given back. */
async function wereEarlierPaid(tx: Transaction, { userId, agentId }: Whose): Promise<boolean> {
  const { rows } = await tx.execute<{ paid: boolean | null }>(sql`
    SELECT bool_and(
      EXISTS (SELECT FROM ${billingEntries} AS entry WHERE entry.subscription_ref = earlier.id AND entry.kind = 'charge'
        AND entry.occurred_at >= earlier.current_period_start - interval '2 hours')
      AND NOT EXISTS (SELECT FROM ${billingEntries} AS entry WHERE entry.subscription_ref = earlier.id AND entry.kind <> 'charge'
        AND entry.occurred_at >= earlier.current_period_start)) AS paid
    FROM ${userAgentSubscriptions} AS earlier
    WHERE earlier.user_id = ${userId} AND earlier.agent_id = ${agentId} AND earlier.current_period_end > rialto_now()`)
  return rows[0]?.paid ?? false
}

/** From a free tier: the same subscription goes on, paid. Undefined: it is paid for already. */
async function takeOver(
  tx: Transaction,
  deps: ReconcileDeps,
  { facts, present, decision }: Opening & { present: SubscriptionRow },
): Promise<SubscriptionRow | undefined> {
  if (present.stripeSubscriptionId !== null) return undefined
  const billed = billedOf(decision, { subscriptionId: present.id, facts, disputedAt: null })
  return (await applyBilled(tx, deps, billed)).row
}
