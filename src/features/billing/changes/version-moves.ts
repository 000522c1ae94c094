import { and, asc, eq, gt, isNotNull, notExists, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { agentPricingTiers, billingIntents, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { SubscriptionRow, Tier } from '#src/features/subscriptions/index.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleIntent } from '../intents/intents.ts'
import { writePurchase } from '../intents/write-purchase.ts'
import { ensureTierPrice } from '../prices/ensure-tier-price.ts'
import { withLease } from '../reconcile/lease.ts'
import { idOf } from '../reconcile/read-stripe.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import { readAtStripe } from './at-stripe.ts'
import type { AtStripe } from './at-stripe.ts'
import { costsOfChange } from './costs.ts'
import { leaseOf } from './lease-of.ts'
import { carryOut } from './carry-out.ts'
import { getPlan } from './own-plan.ts'
import type { Plan } from './own-plan.ts'

export interface VersionMoves {
  /** Of one run; the next goes on. */
  readonly most?: number
}

export interface Moved {
  readonly looked: number
  readonly failed: number
}

const openSeconds = 3_600
const mostDefault = 500
/** Stripe counts whole seconds. */
const secondMs = 1_000

/**
 * Tells Stripe of newer versions of tiers that take over, or took over, for their subscribers: another price waits in a schedule
 * for the period that it begins with, the same price replaces its older one once the version counts, without a charge. Each by
 * itself, safe to repeat.
 */
export async function moveVersions(deps: ReconcileDeps, { most = mostDefault }: VersionMoves = {}): Promise<Moved> {
  const due = await findDue(deps, most)
  let failed = 0
  for (const { id } of due) {
    try {
      await withLease(deps, leaseOf(id), () => moveOne(deps, id))
    } catch (error) {
      failed += 1
      deps.log.warn({ err: error, subscriptionId: id }, 'billing: a version of a tier waits to be told to Stripe')
    }
  }
  return { looked: due.length, failed }
}

/** Those whose next period is the version's, and those that Stripe still bills by an older one; longest not looked at first. */
async function findDue({ db }: ReconcileDeps, most: number): Promise<readonly Pick<SubscriptionRow, 'id'>[]> {
  const subscription = userAgentSubscriptions
  const billed = alias(agentPricingTiers, 'billed')
  const coming = alias(agentPricingTiers, 'coming')
  const inForce = alias(agentPricingTiers, 'in_force')
  return db
    .select({ id: subscription.id })
    .from(subscription)
    .innerJoin(inForce, eq(inForce.id, subscription.tierId))
    .innerJoin(billed, eq(billed.stripePriceId, subscription.priceId))
    .leftJoin(coming, eq(coming.id, subscription.nextTierId))
    .where(
      and(
        isNotNull(subscription.stripeSubscriptionId),
        // A schedule says what follows a trial too, which the tier has said already.
        eq(subscription.status, 'active'),
        eq(subscription.cancelAtPeriodEnd, false),
        eq(billed.familyId, inForce.familyId),
        sql`(${gt(inForce.version, billed.version)} OR (${coming.familyId} = ${billed.familyId}
          AND ${coming.version} > ${billed.version}
          AND (${coming.price}, ${coming.billingInterval}, ${coming.taxBehavior})
            IS DISTINCT FROM (${billed.price}, ${billed.billingInterval}, ${billed.taxBehavior})
          AND ${subscription.nextTierAt} <= ${subscription.currentPeriodEnd} + interval '1 second'))`,
        notExists(
          db
            .select({ id: billingIntents.id })
            .from(billingIntents)
            .where(and(isMarker(subscription.id), sql`${billingIntents.updatedAt} > now() - interval '1 day'`)),
        ),
      ),
    )
    .orderBy(asc(subscription.reconciledAt), asc(subscription.id))
    .limit(most)
}

/** What was told to Stripe is looked at once a day: something else may have been planned and forgotten since. */
const isMarker = (subscriptionId: string | typeof userAgentSubscriptions.id) =>
  and(
    eq(billingIntents.subscriptionId, subscriptionId),
    eq(billingIntents.kind, 'change'),
    eq(billingIntents.state, 'done'),
    sql`${billingIntents.input}->>'cause' = 'version'`,
  )

async function moveOne(deps: ReconcileDeps, id: string): Promise<void> {
  const plan = await getPlan(deps, { subscriptionId: id, userId: undefined })
  const { row, tier, now } = plan
  if (row.stripeSubscriptionId === null || row.cancelAtPeriodEnd) return
  const at = await readAtStripe(deps, plan)
  if (at.subscription.status !== 'active' || at.subscription.pending_update !== null) return
  const comesAt =
    row.nextTierId !== null && row.nextTierAt !== null && row.nextTierAt > now ? row.nextTierAt : undefined
  const target = comesAt === undefined ? tier : await getVersion(deps, { id: row.nextTierId ?? '', of: tier })
  // Somebody has chosen another tier since.
  if (target === undefined) return
  await tell(deps, { plan, target, comesAt, at })
  await reconcileSubscription(deps, { stripeSubscriptionId: row.stripeSubscriptionId })
}

interface Move {
  readonly plan: Plan
  /** The version that Stripe shall bill. */
  readonly target: Tier
  /** When it takes over. Undefined: it has. */
  readonly comesAt: Date | undefined
  readonly at: AtStripe
}

async function getVersion({ db }: ReconcileDeps, { id, of }: { id: string; of: Tier }): Promise<Tier | undefined> {
  const { familyId } = agentPricingTiers
  const isVersion = and(eq(agentPricingTiers.id, id), eq(familyId, of.familyId))
  const [tier] = await db.select().from(agentPricingTiers).where(isVersion)
  return tier
}

async function tell(deps: ReconcileDeps, { plan, target, comesAt, at }: Move): Promise<void> {
  const { main } = at
  const { priceId } = await ensureTierPrice(deps, target.id)
  if (main.price.id === priceId) return
  const isSamePayment =
    main.price.unit_amount === target.price &&
    main.price.recurring?.interval === target.billingInterval &&
    (main.price.tax_behavior ?? 'unspecified') === target.taxBehavior
  if (isSamePayment) {
    // Before it takes over, the price would say that it has.
    if (comesAt === undefined) await replacePrice(deps, { at, priceId })
    return
  }
  if (comesAt !== undefined && +comesAt > main.current_period_end * secondMs + secondMs) return
  // Planned, and its answer lost: it is done once more, to its end.
  if (isPlanned(at, priceId) && (await touchMarker(deps, plan.row.id))) return
  await planVersion(deps, { plan, target, at })
}

/** False: there is none. */
async function touchMarker({ db }: ReconcileDeps, subscriptionId: string): Promise<boolean> {
  const touched = await db
    .update(billingIntents)
    .set({ updatedAt: sql`now()` })
    .where(isMarker(subscriptionId))
    .returning({ id: billingIntents.id })
  return touched.length > 0
}

/** Written down as a change of its own; it waits while the person's own one is open. */
async function planVersion(deps: ReconcileDeps, { plan, target, at }: Omit<Move, 'comesAt'>): Promise<void> {
  const { row, agent } = plan
  const isOpen = and(
    eq(billingIntents.subscriptionId, row.id),
    eq(billingIntents.kind, 'change'),
    eq(billingIntents.state, 'open'),
  )
  const [open] = await deps.db.select().from(billingIntents).where(isOpen)
  const isOwn = open?.input['cause'] === 'version'
  if (open !== undefined && !isOwn) return
  // One that was cut off goes on, unless there is a newer version by now.
  if (open?.tierId === target.id) return void (await carryOut(deps, open))
  if (open !== undefined) await settleIntent(deps.db, { id: open.id, state: 'refused', reason: 'replaced' })
  const intent = await writePurchase(deps, {
    id: deps.newId(),
    kind: 'change',
    userId: row.userId,
    agentId: agent.id,
    subscriptionId: row.id,
    tierId: target.id,
    input: { way: 'at_period_end', at: at.main.current_period_end, cause: 'version' },
    openSeconds,
    costs: await costsOfChange(deps, { way: 'at_period_end', target, at, prorationDate: undefined, openSeconds }),
  })
  await carryOut(deps, intent)
}

const isPlanned = ({ schedule, main }: AtStripe, priceId: string): boolean =>
  schedule?.phases.some(
    ({ start_date: start, items }) =>
      start >= main.current_period_end && items.some(({ price }) => idOf(price) === priceId),
  ) ?? false

async function replacePrice(
  { payments }: ReconcileDeps,
  { at, priceId }: { at: AtStripe; priceId: string },
): Promise<void> {
  await stripeCall(() =>
    payments.stripe.subscriptions.update(at.subscription.id, {
      items: [{ id: at.main.id, price: priceId }],
      proration_behavior: 'none',
    }),
  )
}
