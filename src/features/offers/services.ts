import { AppError } from '#src/lib/errors.ts'
import type { Deps } from '#src/deps.ts'
import { interactionMailsJob, recordInstall, recordInteraction } from '#src/features/engagement/index.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import type { WhenOpened } from '#src/features/subscriptions/index.ts'
import { readAgentOffer } from './read-agent-offer.ts'
import type { AgentOffer } from './read-agent-offer.ts'
import { readLift } from './read-lift.ts'
import type { Lift, WhichLift } from './read-lift.ts'

/** What the pages show of tiers on offer, and what people do there. */
export interface OfferServices {
  /** Undefined: there is no such agent to subscribe to. */
  read(slug: string, userId: string | undefined): Promise<AgentOffer | undefined>
  readLift(which: WhichLift): Promise<Lift>
  /** Subscribes to a free tier. `refused`: it is not on offer, costs, or there is a subscription already. */
  startFree(start: StartFree): Promise<'started' | 'refused'>
}

interface StartFree {
  readonly userId: string
  readonly agentSlug: string
  readonly tierId: string
}

export const createOfferServices = (
  deps: Pick<Deps, 'db' | 'jobs' | 'liftLinks' | 'newId' | 'usage'>,
): OfferServices => ({
  read: (slug, userId) => readAgentOffer(deps, { slug, userId }),
  readLift: (which) => readLift(deps, which),
  startFree: (start) => startFree(deps, start),
})

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

async function startFree(deps: Pick<Deps, 'db' | 'jobs' | 'newId'>, start: StartFree): Promise<'started' | 'refused'> {
  if (!uuid.test(start.tierId) || start.agentSlug.includes('\0')) return 'refused'
  try {
    await subscribeToFreeTier(deps, { ...start, whenOpened })
    await deps.jobs.wake(interactionMailsJob)
    return 'started'
  } catch (error) {
    if (error instanceof AppError && (error.code === 'conflict' || error.code === 'not_found')) return 'refused'
    throw error
  }
}

/** What the publisher's own people try is no news to anybody. */
const whenOpened: WhenOpened = async (tx, { userId, agentId, tierId, isTest }) => {
  await recordInstall(tx, { userId, agentId, by: 'subscription' })
  if (!isTest) await recordInteraction(tx, { type: 'subscribed', userId, agentId, metadata: { tierId, isFree: true } })
}
