import type { ReactNode } from 'react'
import type { OfferedTier } from '#src/features/offers/index.ts'
import CircleCheck from 'lucide-react/icons/circle-check'
import { useLocale } from '../../locale.ts'
import { Badge } from '../../ui/badge.tsx'
import { formatPrice } from '../../ui/money.ts'
import { includedWords } from './included-words.ts'

interface TierListProps {
  readonly tiers: readonly OfferedTier[]
  readonly heading: 'h2' | 'h3'
  /** On a card, whose edge closes it; else between rules. */
  readonly isOnCard?: boolean
  /** What can be done with a tier here, if anything. */
  readonly action: (tier: OfferedTier) => ReactNode
}

/** Tiers on offer as rows of a ledger: what it is called and costs, what it includes, what can be done. */
export const TierList = ({ tiers, heading: Heading, isOnCard = false, action }: TierListProps) => (
  <ul className={isOnCard ? 'ledger-list ledger-on-card' : 'ledger-list'}>
    {tiers.map((tier) => (
      <li key={tier.id} className="flex flex-wrap items-center justify-between gap-x-24 gap-y-12">
        <div className="flex min-w-0 flex-col gap-4">
          <div className="flex flex-wrap items-center gap-x-12 gap-y-4">
            <Heading className="text-18 font-medium">{tier.name}</Heading>
            <Price tier={tier} />
            {tier.isTheirs && (
              <Badge tone="good" icon={CircleCheck}>
                Yours
              </Badge>
            )}
          </div>
          {tier.description !== '' && <p className="text-14 text-muted">{tier.description}</p>}
          <Includes tier={tier} />
        </div>
        {action(tier)}
      </li>
    ))}
  </ul>
)

const Includes = ({ tier }: { tier: OfferedTier }) => (
  <ul className="text-14">
    {tier.includes.map((included) => (
      <li key={included.metric}>{includedWords(included, tier.usageInterval)}</li>
    ))}
  </ul>
)

/** A tier that is called what it costs says it once. */
function Price({ tier: { name, priceMinor, currency, billingInterval } }: { tier: OfferedTier }) {
  const locale = useLocale()
  if (priceMinor === 0 && name === 'Free') return undefined
  const price = { amountMinor: priceMinor, currency, interval: billingInterval }
  return <span className="figures text-14 text-muted">{priceMinor === 0 ? 'Free' : formatPrice(price, locale)}</span>
}
