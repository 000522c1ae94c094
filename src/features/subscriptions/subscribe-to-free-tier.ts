import { and, eq } from 'drizzle-orm'
import { agents, organizationMember } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { openSubscription } from './open-subscription.ts'
import type { WhenOpened } from './open-subscription.ts'
import type { SubscriptionRow } from './subscription.ts'
import { getTierOnOffer } from './tier.ts'

export interface SubscribeToFreeTier {
  readonly userId: string
  readonly agentSlug: string
  readonly tierId: string
  readonly whenOpened?: WhenOpened
}

/**
 * Subscribes a person to a free tier: no payment, no verified address needed. Throws `not_found` for an agent that is not
 * published, or can't be used yet, or a tier that isn't its own, `conflict` for a tier that costs or is not on offer, and where there is a
 * subscription already.
 */
export async function subscribeToFreeTier(
  deps: Pick<Deps, 'db' | 'newId'>,
  { userId, agentSlug, tierId, whenOpened }: SubscribeToFreeTier,
): Promise<SubscriptionRow> {
  const { agentId, isTest } = await deps.db.transaction(async (tx) => {
    const [agent] = await tx
      .select({ id: agents.id, organizationId: agents.organizationId })
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
    const tier = await getTierOnOffer(tx, { tierId, agentId: agent.id })
    if (!tier.isFree) throw new AppError('conflict', { detail: 'This tier is not free.' })
    const members = await tx.$count(
      organizationMember,
      and(eq(organizationMember.organizationId, agent.organizationId ?? ''), eq(organizationMember.userId, userId)),
    )
    return { agentId: agent.id, isTest: members > 0 }
  })
  return openSubscription(deps, { userId, agentId, tierId, isTest, by: { kind: 'person', userId } }, whenOpened)
}
