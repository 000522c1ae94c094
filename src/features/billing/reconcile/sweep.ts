// What no webhook told us: looked at by the clock, longest ago first.
import { and, asc, eq, inArray, isNotNull, lt, or, sql } from 'drizzle-orm'
import { billingIntents, openStatuses, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleSession } from '../checkout/session.ts'
import { requireAccount } from '../environment.ts'
import { settleIntent, touchIntent } from '../intents/intents.ts'
import { reconcileSubscription } from './reconcile-subscription.ts'

export interface Sweep {
  /** Subscriptions and intents of one run, each. */
  readonly most?: number
  /** What was looked at within this time is left alone, unless time itself has changed it. */
  readonly settledSeconds?: number
}

export interface Swept {
  readonly subscriptions: number
  readonly intents: number
  /** Could not be looked at now; the next run tries again. */
  readonly failures: number
}

const mostDefault = 500
/** Each subscription is looked at once a day, whatever happens. */
const settledSecondsDefault = 86_400
/** Whoever wrote an intent may still be at it. */
const intentSeconds = 120

/**
 * Makes what may have been missed agree with Stripe: purchases that were begun and never heard of again, subscriptions whose period
 * is over or whose payment is late, and all others once a day. Safe to repeat and to be cut off.
 */
export async function sweep(
  deps: ReconcileDeps,
  { most = mostDefault, settledSeconds = settledSecondsDefault }: Sweep = {},
): Promise<Swept> {
  await requireAccount(deps)
  await deps.db.execute(sql`DELETE FROM billing_leases WHERE expires_at < clock_timestamp() - interval '1 hour'`)
  const intents = await findStaleIntents(deps, most)
  const due = await findDue(deps, { most, settledSeconds })
  let failures = 0
  const attempt = async (about: object, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      failures += 1
      deps.log.warn({ ...about, err: error }, 'billing: the sweep could not settle something yet')
    }
  }
  for (const intent of intents) await attempt({ intentId: intent.id }, () => settleStale(deps, intent))
  for (const { id, stripeSubscriptionId } of due) {
    await attempt({ subscriptionId: id }, () =>
      reconcileSubscription(deps, { stripeSubscriptionId: stripeSubscriptionId ?? '' }),
    )
  }
  return { subscriptions: due.length, intents: intents.length, failures }
}

type Intent = typeof billingIntents.$inferSelect

const findStaleIntents = ({ db }: ReconcileDeps, most: number): Promise<Intent[]> =>
  db
    .select()
    .from(billingIntents)
    .where(
      and(
        eq(billingIntents.state, 'open'),
        // Others are brought to their end by what made them.
        inArray(billingIntents.kind, ['checkout', 'cancel', 'resume']),
        lt(billingIntents.createdAt, sql`clock_timestamp() - make_interval(secs => ${intentSeconds})`),
      ),
    )
    .orderBy(asc(billingIntents.updatedAt))
    .limit(most)

async function settleStale(deps: ReconcileDeps, intent: Intent): Promise<void> {
  await touchIntent(deps.db, intent.id)
  if (intent.kind === 'checkout') {
    await settleSession(deps, intent)
    return
  }
  // Asked for and cut off: its person was told that it failed, and may have asked again. As far as it came it counts.
  if (intent.kind === 'resume') await reconcileOf(deps, intent)
  await settleIntent(deps.db, { id: intent.id, state: 'expired' })
}

async function reconcileOf(deps: ReconcileDeps, { subscriptionId }: Intent): Promise<void> {
  const { id, stripeSubscriptionId } = userAgentSubscriptions
  const [row] = await deps.db
    .select({ stripeSubscriptionId })
    .from(userAgentSubscriptions)
    .where(eq(id, subscriptionId ?? ''))
  if (row?.stripeSubscriptionId) {
    await reconcileSubscription(deps, { stripeSubscriptionId: row.stripeSubscriptionId })
  }
}

/** First those that time itself has changed, then whoever was not looked at for longest. */
async function findDue({ db }: ReconcileDeps, { most, settledSeconds }: Required<Sweep>) {
  const isOpen = inArray(userAgentSubscriptions.status, [...openStatuses])
  const lookedAt = (seconds: number) =>
    sql`coalesce(${userAgentSubscriptions.reconciledAt}, '-infinity') < clock_timestamp() - make_interval(secs => ${seconds})`
  const isLate = or(
    lt(userAgentSubscriptions.currentPeriodEnd, sql`rialto_now()`),
    inArray(userAgentSubscriptions.status, ['past_due', 'unpaid', 'incomplete', 'paused']),
  )
  return db
    .select({ id: userAgentSubscriptions.id, stripeSubscriptionId: userAgentSubscriptions.stripeSubscriptionId })
    .from(userAgentSubscriptions)
    .where(
      and(
        isOpen,
        isNotNull(userAgentSubscriptions.stripeSubscriptionId),
        or(lookedAt(settledSeconds), and(isLate, lookedAt(Math.min(settledSeconds, 600)))),
      ),
    )
    .orderBy(sql`(${isLate}) DESC`, sql`${userAgentSubscriptions.reconciledAt} ASC NULLS FIRST`)
    .limit(most)
}
