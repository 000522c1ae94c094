// Does what an intent says, again and again until it is done: each step looks first at what is there already.
import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { recordInteraction } from '#src/features/engagement/index.ts'
import type { Tier } from '#src/features/subscriptions/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { noteOnIntent, settleIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { ensureTierPrice } from '../prices/ensure-tier-price.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import { itemsFor, readAtStripe } from './at-stripe.ts'
import type { AtStripe } from './at-stripe.ts'
import { settleHeld } from './held-update.ts'
import type { Held } from './held-update.ts'
import { getPlan } from './own-plan.ts'
import { outOfDate } from './proration-date.ts'
import { planTrialEnd } from './plan-trial-end.ts'
import { forgetPlanned, planEnd, planPrices } from './planned.ts'
import { changedItems } from './preview-change.ts'

export type Committed =
  | { readonly kind: 'done' }
  /** On Stripe's page for the invoice; nothing changes before it is paid. */
  | { readonly kind: 'needs_payment'; readonly url: string }
  | { readonly kind: 'scheduled'; readonly at: Date }

const termsSchema = z.discriminatedUnion('way', [
  z.object({ way: z.literal('now'), prorationDate: z.int() }),
  z.object({ way: z.literal('trial') }),
  z.object({
    way: z.literal('at_period_end'),
    at: z.int(),
    /** A newer version of the tier: its publisher's wish. Left out: the person's. */
    cause: z.literal('version').optional(),
  }),
])
type Terms = z.infer<typeof termsSchema>

export const termsOf = ({ input }: Pick<Intent, 'input'>): Terms => termsSchema.parse(input)

/** Of an intent of kind `change`. Throws `payment_declined`, `unavailable`, and `conflict` for one that came to nothing. */
export async function carryOut(deps: ReconcileDeps, intent: Intent): Promise<Committed> {
  const terms = termsOf(intent)
  if (intent.state === 'done') return answerOf(terms)
  if (intent.state !== 'open') throw refusalOf(intent)
  const target = await getTarget(deps, intent)
  const { row } = await getPlan(deps, { subscriptionId: intent.subscriptionId ?? '', userId: intent.userId })
  // It may have gone on as a free tier since.
  const at = row.stripeSubscriptionId === null ? undefined : await readAtStripe(deps, { row })
  if (at === undefined || at.subscription.ended_at !== null) {
    await settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'ended' })
    throw refusalOf(intent)
  }
  const step = { intent, at, target }
  if (isLate(at, terms) && at.main.price.id !== target.stripePriceId)
    return refuse(deps, { intent, at, declined: undefined })
  if (terms.way === 'at_period_end') await planTarget(deps, step)
  else {
    const held = await changeNow(deps, { ...step, terms })
    if (held.kind === 'needs_payment') {
      await noteOnIntent(deps.db, intent.id, { stripeObjectId: held.stripeInvoiceId, url: held.url })
      return { kind: 'needs_payment', url: held.url }
    }
    if (held.kind === 'declined') return refuse(deps, { intent, at, declined: held.detail })
  }
  await reconcileSubscription(deps, { stripeSubscriptionId: at.subscription.id })
  await finish(deps, { intent, terms, from: row.tierId })
  return answerOf(terms)
}

const answerOf = (terms: Terms): Committed =>
  terms.way === 'at_period_end' ? { kind: 'scheduled', at: new Date(terms.at * 1000) } : { kind: 'done' }

function refusalOf({ reason }: Intent): AppError {
  if (reason === 'payment_declined') return new AppError('payment_declined')
  return new AppError('conflict', { detail: 'This change came to nothing. Look at it again.' })
}

/** Tried again when it would cost something else than it was said to: after the trial, in another period, or unpaid. */
function isLate({ subscription, main }: AtStripe, terms: Terms): boolean {
  switch (terms.way) {
    case 'trial':
      return subscription.status !== 'trialing'
    case 'now':
      return subscription.status !== 'active' || terms.prorationDate < main.current_period_start
    case 'at_period_end':
      return false
  }
}

interface Step {
  readonly intent: Intent
  readonly at: AtStripe
  readonly target: Tier
}

async function getTarget({ db }: ReconcileDeps, { tierId }: Intent): Promise<Tier> {
  const [tier] = await db
    .select()
    .from(agentPricingTiers)
    .where(eq(agentPricingTiers.id, tierId ?? ''))
  if (tier === undefined) throw new AppError('tier_not_on_offer')
  return tier
}

async function planTarget(deps: ReconcileDeps, { intent, at, target }: Step): Promise<void> {
  if (target.isFree) return planEnd(deps, at, target.id)
  const { priceId } = await ensureTierPrice(deps, target.id)
  const { kept } = itemsFor(at, { priceId, interval: target.billingInterval })
  await planPrices(deps, at, {
    prices: [priceId, ...kept.map(({ price }) => price.id)],
    interval: target.billingInterval,
    intentId: intent.id,
  })
}

/** What was planned for the end of the period is forgotten last: a declined card shall change nothing. */
async function changeNow(
  deps: ReconcileDeps,
  { intent, at, target, terms }: Step & { terms: Exclude<Terms, { way: 'at_period_end' }> },
): Promise<Held> {
  const { priceId } = await ensureTierPrice(deps, target.id)
  const present = at.subscription
  const isThere = at.main.price.id === priceId || present.pending_update !== null
  const isTrial = terms.way === 'trial'
  const subscription = isThere
    ? present
    : await stripeCall(() =>
        deps.payments.stripe.subscriptions.update(
          present.id,
          {
            items: changedItems(at, { priceId, interval: target.billingInterval }),
            ...(isTrial
              ? { proration_behavior: 'none' }
              : {
                  proration_behavior: 'always_invoice',
                  proration_date: terms.prorationDate,
                  payment_behavior: 'pending_if_incomplete',
                }),
          },
          { idempotencyKey: `${intent.id}:change` },
        ),
      )
  const held = await settleHeld(deps, subscription)
  if (held.kind !== 'applied') return held
  if (isTrial) await planTrialEnd(deps, at, target)
  else await forgetPlanned(deps, at)
  return held
}

async function refuse(
  deps: ReconcileDeps,
  { intent, at, declined }: { intent: Intent; at: AtStripe; declined: string | undefined },
): Promise<never> {
  const reason = declined === undefined ? 'out_of_date' : 'payment_declined'
  await settleIntent(deps.db, { id: intent.id, state: 'refused', reason })
  await reconcileSubscription(deps, { stripeSubscriptionId: at.subscription.id })
  throw declined === undefined ? outOfDate() : new AppError('payment_declined', { detail: declined })
}

async function finish(
  deps: ReconcileDeps,
  { intent, terms, from }: { intent: Intent; terms: Terms; from: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    if (!(await settleIntent(tx, { id: intent.id, state: 'done' }))) return
    const isPublishers = terms.way === 'at_period_end' && terms.cause === 'version'
    await recordAudit(tx, {
      userId: isPublishers ? undefined : intent.userId,
      action: 'billing.change_tier',
      resource: 'subscription',
      resourceId: intent.subscriptionId ?? undefined,
      metadata: { from, to: intent.tierId, ...terms },
    })
    const { userId, agentId, tierId } = intent
    // During a trial nothing is paid for either way, and a version is its publisher's doing.
    if (terms.way === 'trial' || isPublishers) return
    const type = terms.way === 'now' ? 'upgraded' : 'downgraded'
    await recordInteraction(tx, { type, userId, agentId, metadata: { tierId, before: from } })
  })
}
