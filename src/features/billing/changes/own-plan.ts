import { and, eq } from 'drizzle-orm'
import { agents, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { tierAt } from '#src/features/subscriptions/index.ts'
import type { SubscriptionRow, Tier } from '#src/features/subscriptions/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { businessNow } from '../clock.ts'

/** A subscription as its owner changes it. */
export interface Plan {
  readonly row: SubscriptionRow
  /** In force now. */
  readonly tier: Tier
  readonly agent: { readonly id: string; readonly slug: string; readonly name: string }
  /** The business clock. */
  readonly now: Date
}

export interface Whose {
  readonly subscriptionId: string
  /** Undefined: an operator, who may look at everybody's. */
  readonly userId: string | undefined
}

/** Throws `not_found`, also for somebody else's. */
export async function getPlan({ db }: Pick<Deps, 'db'>, { subscriptionId, userId }: Whose): Promise<Plan> {
  return db.transaction(async (tx) => {
    const isTheirs = userId === undefined ? undefined : eq(userAgentSubscriptions.userId, userId)
    const [found] = await tx
      .select({ row: userAgentSubscriptions, agent: { id: agents.id, slug: agents.slug, name: agents.name } })
      .from(userAgentSubscriptions)
      .innerJoin(agents, eq(agents.id, userAgentSubscriptions.agentId))
      .where(and(eq(userAgentSubscriptions.id, subscriptionId), isTheirs))
    if (found === undefined) throw new AppError('not_found')
    const now = await businessNow(tx)
    return { ...found, now, tier: await tierAt(tx, found.row, now) }
  })
}

/** As getPlan; throws `conflict` for one that is over. */
export async function getOpenPlan(deps: Pick<Deps, 'db'>, whose: Whose): Promise<Plan> {
  const plan = await getPlan(deps, whose)
  const { status, cancelAtPeriodEnd, currentPeriodEnd } = plan.row
  const isOver =
    status === 'canceled' || status === 'incomplete_expired' || (cancelAtPeriodEnd && plan.now >= currentPeriodEnd)
  if (isOver) throw new AppError('conflict', { detail: 'This subscription is over.' })
  return plan
}

/**
 * What has to be settled first stops everything that costs: throws `payment_required` for what isn't paid, and `conflict` while
 * a payment is disputed.
 */
export function requireSettled({ row }: Plan): void {
  if (row.disputedAt !== null) {
    throw new AppError('conflict', {
      detail: 'A payment of this subscription is disputed. Nothing changes until that is over.',
    })
  }
  if (row.status === 'active' || row.status === 'trialing') return
  throw new AppError('payment_required', {
    detail: 'Pay the open invoice of this subscription first.',
    subscriptionId: row.id,
  })
}
