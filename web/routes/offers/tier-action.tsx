import type { AgentOffer, OfferedTier } from '#src/features/offers/index.ts'
import { ButtonLink } from '../../ui/button.tsx'
import type { ButtonKind } from '../../ui/button.tsx'
import { withFrom } from './came-from.ts'
import type { CameFrom } from './came-from.ts'
import { startWords } from './trial-words.ts'

interface TierActionProps {
  readonly tier: OfferedTier
  readonly slug: string
  readonly subscription: AgentOffer['subscription']
  readonly isTrialUsed: boolean
  /** Where it is come back to. */
  readonly from?: CameFrom | undefined
  readonly kind?: ButtonKind
}

/** Leads to where a tier is started, or changed to; nothing is bought by following it. */
export function TierAction({ from, kind = 'secondary', ...offer }: TierActionProps) {
  const { href, label } = leadTo(offer)
  return (
    <ButtonLink kind={kind} href={withFrom(href, from)} aria-label={`${label}: ${offer.tier.name}`}>
      {label}
    </ButtonLink>
  )
}

function leadTo({ tier, slug, subscription, isTrialUsed }: Omit<TierActionProps, 'from' | 'kind'>): {
  href: string
  label: string
} {
  const start = { href: `/agents/${slug}/subscribe?tier=${tier.id}`, label: startWords(tier, { isTrialUsed }) }
  if (subscription === null) return start
  const path = `/account/subscriptions/${subscription.id}`
  if (tier.isTheirs) return { href: path, label: 'Your subscription' }
  // From a free tier a paid one is a purchase like any other.
  return subscription.isFree && tier.priceMinor > 0
    ? start
    : { href: `${path}/change?tier=${tier.id}`, label: 'Change to it' }
}
