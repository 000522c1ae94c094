import type { Deps } from '#src/deps.ts'
import type { Tier } from '#src/features/subscriptions/index.ts'
import { findFreeTier } from '../reconcile/begin.ts'
import type { AtStripe, StripeDeps } from './at-stripe.ts'
import { forgetPlanned, planEnd } from './planned.ts'

/** Plans what follows the trial of a tier: its first charge, the agent's free tier, or nothing. */
export async function planTrialEnd(
  deps: Pick<Deps, 'db'> & StripeDeps,
  at: AtStripe,
  { trialEndsWith, agentId }: Tier,
): Promise<void> {
  if (trialEndsWith === 'charge') return forgetPlanned(deps, at)
  return planEnd(deps, at, trialEndsWith === 'free_tier' ? await findFreeTier(deps, agentId) : undefined)
}
