import type { AgentOffer, OfferedTier } from '#src/features/offers/index.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { startWords } from './trial-words.ts'

interface TierActionProps {
  readonly tier: OfferedTier
  readonly slug: string
  readonly subscription: AgentOffer['subscription']
  readonly isTrialUsed: boolean
}

/** Leads to where a tier is started, or changed to; nothing is bought by following it. */
export function TierAction({ tier, slug, subscription, isTrialUsed }: TierActionProps) {
  const { href, label } = leadTo({ tier, slug, subscription, isTrialUsed })
  return (
    <ButtonLink kind="secondary" href={href} aria-label={`${label}: ${tier.name}`}>
      {label}
    </ButtonLink>
  )
}

function leadTo({ tier, slug, subscription, isTrialUsed }: TierActionProps): { href: string; label: string } {
  const start = { href: `/agents/${slug}/subscribe?tier=${tier.id}`, label: startWords(tier, { isTrialUsed }) }
  if (subscription === null) return start
  const path = `/account/subscriptions/${subscription.id}`
  if (tier.isTheirs) return { href: path, label: 'Your subscription' }
  // From a free tier a paid one is a purchase like any other.
  return subscription.isFree && tier.priceMinor > 0
    ? start
    : { href: `${path}/change?tier=${tier.id}`, label: 'Change to it' }
}
