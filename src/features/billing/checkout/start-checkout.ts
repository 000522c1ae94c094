import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import { Stripe } from 'stripe'
import { isUniqueViolation } from '#src/db/errors.ts'
import type { agentPricingTiers } from '#src/db/schema/index.ts'
import { agents, billingIntents, openStatuses, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { getTierOnOffer } from '#src/features/subscriptions/index.ts'
import type { Costs } from '#src/features/spending/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { businessNow } from '../clock.ts'
import type { ReconcileDeps } from '../context.ts'
import { ensureCustomer } from '../customers/ensure-customer.ts'
import { claimEnvironment } from '../environment.ts'
import { noteOnIntent, readIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { metadataOf } from '../intents/metadata.ts'
import { writePurchase } from '../intents/write-purchase.ts'
import { ensureTierPrice } from '../prices/ensure-tier-price.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import { hadTrial } from '../trials/trial-memory.ts'
import { findSession, giveUpSession } from './session.ts'

export interface StartCheckout {
  readonly userId: string
  readonly agentSlug: string
  readonly tierId: string
  /** As the page said before. Without, the first payment is due at once. */
  readonly withTrial: boolean
  /** The page of ours that it was begun from and leads back to. */
  readonly cameFrom?: string | undefined
}

export interface StartedCheckout {
  readonly intentId: string
  /** Stripe's page. */
  readonly url: string
}

/** Stripe keeps a session for half an hour to a day. The margin is for the clocks of two machines. */
const openSeconds = 2 * 3_600

/**
 * Begins buying a paid tier and answers where it is paid. Begun again for the same tier, it is the same purchase; for another tier,
 * the earlier one is given up. Also from a free tier, which goes on as a paid one.
 *
 * Throws `not_found`, `tier_not_on_offer`, `already_subscribed` with the subscription, `trial_used`, `wrong_currency`,
 * `spend_cap_reached`, `unavailable`, and `conflict` when the person does the same elsewhere at this moment.
 */
export async function startCheckout(deps: ReconcileDeps, start: StartCheckout): Promise<StartedCheckout> {
  const offer = await getOffer(deps, start)
  await requireNone(deps, { userId: start.userId, agentId: offer.agentId })
  await requireOneCurrency(deps, { userId: start.userId, currency: offer.currency })
  const hasTrial = start.withTrial && offer.trialDays > 0
  if (hasTrial && (await hadTrial(deps.db, deps, { userId: start.userId, agentId: offer.agentId }))) {
    throw new AppError('trial_used', { detail: 'You have had a trial of this agent. You can subscribe without one.' })
  }
  await claimEnvironment(deps)
  return withLease(deps, `checkout:${start.userId}:${offer.agentId}`, async () => {
    const intent = await openIntent(deps, { start, offer, hasTrial })
    if (intent.url !== null) return { intentId: intent.id, url: intent.url }
    return openSession(deps, { intent, start, offer, hasTrial })
  })
}

type Offer = typeof agentPricingTiers.$inferSelect

/** Throws `not_found` and `tier_not_on_offer`. */
async function getOffer({ db }: ReconcileDeps, { agentSlug, tierId }: StartCheckout): Promise<Offer> {
  return db.transaction(async (tx) => {
    const [agent] = await tx
      .select({ id: agents.id })
      .from(agents)
      .where(
        and(
          eq(agents.slug, agentSlug),
          eq(agents.status, 'published'),
          eq(agents.listing, 'agent'),
          eq(agents.comingSoon, false),
        ),
      )
    if (agent === undefined) throw new AppError('not_found')
    try {
      const tier = await getTierOnOffer(tx, { tierId, agentId: agent.id })
      if (!tier.isFree) return tier
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    }
    throw new AppError('tier_not_on_offer', { detail: 'It can’t be bought, or not any more.' })
  })
}

interface Whose {
  readonly userId: string
  readonly agentId: string
}

/** Whatever is open and paid for stands in the way; what only seems to be is looked at again first. */
async function requireNone(deps: ReconcileDeps, { userId, agentId }: Whose): Promise<void> {
  const present = await findPaid(deps, { userId, agentId })
  if (present === undefined) return
  await reconcileSubscription(deps, { stripeSubscriptionId: present.stripeSubscriptionId })
  const still = await findPaid(deps, { userId, agentId })
  if (still === undefined) return
  throw new AppError('already_subscribed', {
    detail:
      still.status === 'past_due' ? 'Its payment is late: pay that one.' : 'You have a subscription to this agent.',
    subscriptionId: still.id,
    url: `${deps.baseUrl}/account/subscriptions/${still.id}`,
  })
}

async function findPaid({ db }: ReconcileDeps, { userId, agentId }: Whose) {
  const [row] = await db
    .select()
    .from(userAgentSubscriptions)
    .where(
      and(
        eq(userAgentSubscriptions.userId, userId),
        eq(userAgentSubscriptions.agentId, agentId),
        inArray(userAgentSubscriptions.status, [...openStatuses]),
      ),
    )
  return row?.stripeSubscriptionId ? { ...row, stripeSubscriptionId: row.stripeSubscriptionId } : undefined
}

/** Stripe bills one customer in one currency. */
async function requireOneCurrency(
  { db }: ReconcileDeps,
  { userId, currency }: { userId: string; currency: string },
): Promise<void> {
  const [other] = await db
    .select({ currency: userAgentSubscriptions.currency })
    .from(userAgentSubscriptions)
    .where(
      and(
        eq(userAgentSubscriptions.userId, userId),
        inArray(userAgentSubscriptions.status, [...openStatuses]),
        sql`${userAgentSubscriptions.stripeSubscriptionId} IS NOT NULL`,
        ne(userAgentSubscriptions.currency, currency),
      ),
    )
    .limit(1)
  if (other === undefined) return
  throw new AppError('wrong_currency', {
    detail: `This is sold in ${currency}, and what you pay for now is in ${other.currency}.`,
  })
}

interface Opening {
  readonly start: StartCheckout
  readonly offer: Offer
  readonly hasTrial: boolean
}

/** The one open purchase of this person at this agent. Under its lease. */
async function openIntent(deps: ReconcileDeps, { start, offer, hasTrial }: Opening): Promise<Intent> {
  const { userId } = start
  const isOpen = and(
    eq(billingIntents.userId, userId),
    eq(billingIntents.agentId, offer.agentId),
    eq(billingIntents.kind, 'checkout'),
    eq(billingIntents.state, 'open'),
  )
  const [present] = await deps.db.select().from(billingIntents).where(isOpen)
  if (present !== undefined) {
    const isSame = present.tierId === offer.id && present.input['hasTrial'] === hasTrial
    if (isSame && (await isUsable(deps, present)) && (await isUnpaid(deps, present))) {
      // Begun again from elsewhere, it leads back there.
      await noteOnIntent(deps.db, present.id, { input: inputOf({ start, hasTrial }) })
      return present
    }
    await giveUpSession(deps, present)
    // It may have been paid just now, elsewhere.
    await requireNone(deps, { userId, agentId: offer.agentId })
  }
  try {
    return await writePurchase(deps, {
      id: deps.newId(),
      kind: 'checkout',
      userId,
      agentId: offer.agentId,
      tierId: offer.id,
      input: inputOf({ start, hasTrial }),
      openSeconds,
      costs: costsOf({ offer, hasTrial, now: await businessNow(deps.db) }),
    })
  } catch (error) {
    // It was completed or begun anew since.
    if (isUniqueViolation(error))
      throw new AppError('conflict', { detail: 'A purchase is under way. Try again in a moment.' })
    throw error
  }
}

const dayMs = 86_400_000

/** The first charge is when it is paid, or a trial later; it may be paid as long as it is open. */
function costsOf({ offer, hasTrial, now }: Omit<Opening, 'start'> & { now: Date }): Costs {
  const { currency, price: amountMinor, billingInterval: every, trialDays, trialEndsWith } = offer
  const isCharged = !hasTrial || trialEndsWith === 'charge'
  const at = (startsAt: number): Date => new Date(startsAt + (hasTrial ? trialDays * dayMs : 0))
  const either = [at(+now), at(+now + openSeconds * 1000)].map((first) => ({ at: first, amountMinor, every }))
  return { currency, dueMinor: 0, renewals: { kind: 'instead', either: isCharged ? either : [] } }
}

const inputOf = ({ start: { cameFrom }, hasTrial }: Pick<Opening, 'start' | 'hasTrial'>) => ({
  hasTrial,
  ...(cameFrom !== undefined && { cameFrom }),
})

/** Stripe opens no session for less than half an hour, and nobody fills in a form in its last minutes. */
async function isUsable({ db }: ReconcileDeps, { id }: Intent): Promise<boolean> {
  const { rows } = await db.execute(sql`
    SELECT FROM ${billingIntents} WHERE id = ${id} AND expires_at > rialto_now() + interval '35 minutes'`)
  return rows.length > 0
}

/** What was paid on a page that nobody came back from yet can't be paid there again. */
const isUnpaid = async (deps: ReconcileDeps, intent: Intent): Promise<boolean> =>
  intent.url === null || (await findSession(deps, intent))?.status === 'open'

async function openSession(
  deps: ReconcileDeps,
  { intent, start, offer, hasTrial }: Opening & { intent: Intent },
): Promise<StartedCheckout> {
  const customer = await ensureCustomer(deps, { userId: start.userId })
  const { priceId } = await ensureTierPrice(deps, offer.id)
  const metadata = metadataOf({ kind: 'checkout', intentId: intent.id, agentId: offer.agentId })
  const page = `${deps.baseUrl}/checkout/${intent.id}`
  const session = await stripeCall(() =>
    deps.payments.stripe.checkout.sessions.create(
      {
        mode: 'subscription',
        customer,
        client_reference_id: intent.id,
        line_items: [{ price: priceId, quantity: 1 }],
        success_url: page,
        cancel_url: page,
        expires_at: Math.floor(intent.expiresAt.getTime() / 1000),
        metadata,
        // Left out, Stripe offers whatever its dashboard allows: trials go by the card, and a debit is paid days later.
        allowed_payment_method_types: ['card'],
        payment_method_collection: hasTrial && offer.trialWithoutCard ? 'if_required' : 'always',
        billing_address_collection: 'auto',
        customer_update: { address: 'auto', name: 'auto' },
        tax_id_collection: { enabled: true },
        subscription_data: {
          metadata: { ...metadata, rialto: 'subscription' },
          ...(hasTrial && {
            trial_period_days: offer.trialDays,
            trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
          }),
        },
      },
      { idempotencyKey: `${intent.id}:session` },
    ),
  ).catch(async (error: unknown) => {
    // It was made before its publisher edited the trial, and its answer was lost: it is sold as it was asked for.
    const made = error instanceof Stripe.errors.StripeIdempotencyError ? await findSession(deps, intent) : undefined
    if (made === undefined) throw error
    return made
  })
  await noteOnIntent(deps.db, intent.id, { stripeObjectId: session.id, url: session.url })
  const url = session.url ?? (await readIntent(deps.db, intent.id))?.url
  if (url === undefined || url === null)
    throw new AppError('conflict', { detail: 'This purchase is completed already.' })
  return { intentId: intent.id, url }
}
