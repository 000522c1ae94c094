import type { AgentOffer, OfferedTier } from '#src/features/offers/index.ts'
import { useLocale } from '../../locale.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { formatMoney } from '../../ui/money.ts'
import { SandboxNotice } from '../../ui/sandbox-banner.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { leadTier } from './pricing-plan.ts'
import { firstChargeWords, startWords } from './trial-words.ts'

interface BuyBoxProps {
  readonly offer: AgentOffer
  readonly isTrialUsed: boolean
}

/**
 * The tier that the page leads with: its price, what is charged first and when, and the one button. On a phone price and button
 * are a bar at the bottom of the window.
 */
export function BuyBox({ offer: { slug, tiers }, isTrialUsed }: BuyBoxProps) {
  const tier = leadTier(tiers)
  if (tier === undefined) return null
  const free = tier.priceMinor > 0 ? tiers.find(({ priceMinor }) => priceMinor === 0) : undefined
  return (
    <>
      <p className="text-14 font-medium wrap-anywhere">
        <bdi>{tier.name}</bdi>
      </p>
      <div className="buy-bar">
        <LeadPrice tier={tier} />
        <ButtonLink kind={tier.priceMinor > 0 ? 'buy' : 'ink'} href={startHref(slug, tier)}>
          {startWords(tier, { isTrialUsed })}
        </ButtonLink>
      </div>
      <p className="text-14 text-muted">
        <Terms tier={tier} isTrialUsed={isTrialUsed} />
      </p>
      {tier.priceMinor > 0 && <SandboxNotice />}
      {free !== undefined && (
        <ButtonLink kind="secondary" href={startHref(slug, free)}>
          {startWords(free, { isTrialUsed })}
        </ButtonLink>
      )}
      {tiers.length > 1 && (
        <p className="text-14">
          <TextLink href="#pricing">Compare all {tiers.length} tiers</TextLink>
        </p>
      )}
    </>
  )
}

const startHref = (slug: string, { id }: OfferedTier): string => `/agents/${slug}/subscribe?tier=${id}`

function LeadPrice({ tier: { priceMinor, currency, billingInterval } }: { tier: OfferedTier }) {
  const locale = useLocale()
  if (priceMinor === 0) return <p className="buy-price">Free</p>
  return (
    <p>
      <span className="buy-price figures">{formatMoney({ amountMinor: priceMinor, currency }, locale)}</span>{' '}
      <span className="text-14 text-muted">per {billingInterval}</span>
    </p>
  )
}

function Terms({ tier, isTrialUsed }: { tier: OfferedTier; isTrialUsed: boolean }) {
  const locale = useLocale()
  if (tier.priceMinor === 0) return 'No payment, no end date.'
  if (tier.trialWouldEndAt === null || isTrialUsed) {
    return `Paid today and then each ${tier.billingInterval}. Cancel when you like: it goes on until the end of what you paid.`
  }
  const at = tier.trialWouldEndAt
  const { title, text } = firstChargeWords(tier, { trialEndsAt: at, nextChargeAt: at, locale })
  return (
    <>
      <strong className="font-medium text-ink">{title}.</strong> {text}
    </>
  )
}
