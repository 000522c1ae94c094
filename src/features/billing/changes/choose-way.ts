import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { comparedTier, getTierOnOffer } from '#src/features/subscriptions/index.ts'
import type { Tier } from '#src/features/subscriptions/index.ts'
import { classifyChange } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { getOpenPlan, requireSettled } from './own-plan.ts'
import type { Plan } from './own-plan.ts'

/** How a change of tier is made. */
export type Way =
  /** It is the present tier: what was planned instead is forgotten. */
  | 'keep'
  /** From free to paid: by checkout. */
  | 'checkout'
  /** From free to free: Stripe knows nothing of it. */
  | 'free'
  /** At once, and the difference is paid now. */
  | 'now'
  /** At once, and nothing is due before the trial ends, whose end stays. */
  | 'trial'
  | 'at_period_end'

export interface ChangeInput {
  readonly subscriptionId: string
  readonly userId: string
  readonly tierId: string
}

export interface ChosenWay {
  readonly plan: Plan
  readonly target: Tier
  readonly way: Way
  /** Between free tiers: whether it takes nothing away. */
  readonly isUpgrade: boolean
}

/**
 * Throws `not_found`, `tier_not_on_offer`, `wrong_currency`, `payment_required`, and `conflict` for a subscription that is over,
 * about to end, or disputed.
 */
export async function chooseWay(
  deps: Pick<Deps, 'db'>,
  { subscriptionId, userId, tierId }: ChangeInput,
): Promise<ChosenWay> {
  const plan = await getOpenPlan(deps, { subscriptionId, userId })
  const { row, tier } = plan
  if (tier.id === tierId) return { plan, target: tier, way: 'keep', isUpgrade: false }
  const { target, change } = await deps.db.transaction(async (tx) => {
    const found = await offered(tx, { tierId, agentId: row.agentId })
    return { target: found, change: classifyChange(await comparedTier(tx, tier), await comparedTier(tx, found)) }
  })
  const isUpgrade = change === 'upgrade'
  if (row.stripeSubscriptionId === null || tier.isFree) {
    return { plan, target, way: target.isFree ? 'free' : 'checkout', isUpgrade }
  }
  requireSettled(plan)
  const endsByItself = row.status === 'trialing' && tier.trialEndsWith === 'end'
  if (row.cancelAtPeriodEnd && !endsByItself) {
    throw new AppError('conflict', { detail: 'This subscription ends with its period. Resume it first.' })
  }
  if (!target.isFree && target.currency !== row.currency) {
    throw new AppError('wrong_currency', { has: row.currency, asked: target.currency })
  }
  return { plan, target, way: wayOfPaid({ plan, target, isUpgrade }), isUpgrade }
}

function wayOfPaid({ plan, target, isUpgrade }: Omit<ChosenWay, 'way'>): Way {
  if (target.isFree) return 'at_period_end'
  if (plan.row.status === 'trialing') return 'trial'
  return isUpgrade ? 'now' : 'at_period_end'
}

async function offered(tx: Transaction, which: { tierId: string; agentId: string }): Promise<Tier> {
  try {
    return await getTierOnOffer(tx, which)
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') {
      throw new AppError('tier_not_on_offer', { tierId: which.tierId })
    }
    throw error
  }
}
