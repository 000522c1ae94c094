import type { AgentOffer, OfferedMetric } from '#src/features/offers/index.ts'
import CircleCheck from 'lucide-react/icons/circle-check'
import Minus from 'lucide-react/icons/minus'
import Star from 'lucide-react/icons/star'
import { useLocale } from '../../locale.ts'
import { Badge } from '../../ui/badge.tsx'
import { Icon } from '../../ui/icon.tsx'
import { formatMoney } from '../../ui/money.ts'
import { addonPrice, addonWords } from './addon-list.tsx'
import { IntervalSwitch } from './interval-switch.tsx'
import { cellWords } from './pricing-plan.ts'
import type { PlannedTier, PricingPlan } from './pricing-plan.ts'
import { TierAction } from './tier-action.tsx'

interface PricingTableProps {
  readonly offer: AgentOffer
  readonly plan: PricingPlan
  readonly isTrialUsed: boolean
  /** Of the agent's page. */
  readonly path: string
}

/** Four stand beside each other; more would leave no room for words, and stand in rows of three. */
const besideMax = 4

/**
 * Tiers as columns whose rows are level with each other: what each costs, and what it includes of each metric. Where there is no
 * room, one under the other. A list of headed parts and not a table, so that it reads tier by tier in both forms.
 */
export function PricingTable({ offer, plan, isTrialUsed, path }: PricingTableProps) {
  const columns = plan.tiers.length > besideMax ? 3 : plan.tiers.length
  return (
    <div className="pricing">
      {plan.interval !== undefined && <IntervalSwitch interval={plan.interval} path={path} />}
      <ul className="plans" data-columns={columns}>
        {plan.tiers.map((planned) => (
          <li key={planned.tier.id} className="plan" data-recommended={planned.tier.isRecommended || undefined}>
            <PlanHead {...planned} isTrialUsed={isTrialUsed} />
            <div className="plan-action">
              <TierAction {...offer} tier={planned.tier} isTrialUsed={isTrialUsed} />
            </div>
            <dl className="plan-metrics">
              {offer.metrics.map((metric) => (
                <Cell key={metric.slug} metric={metric} tier={planned.tier} />
              ))}
            </dl>
          </li>
        ))}
      </ul>
      {offer.addons.length > 0 && <Addons addons={offer.addons} />}
    </div>
  )
}

function PlanHead({ tier, saving, isTrialUsed }: PlannedTier & { isTrialUsed: boolean }) {
  const hasTrial = tier.trialDays > 0 && !isTrialUsed && !tier.isTheirs
  return (
    <>
      <div className="flex flex-col items-start gap-8">
        <h3 className="text-18 font-medium wrap-anywhere">
          <bdi>{tier.name}</bdi>
        </h3>
        {tier.isRecommended && (
          <Badge tone="info" icon={Star}>
            Recommended
          </Badge>
        )}
        {tier.isTheirs && (
          <Badge tone="good" icon={CircleCheck}>
            Yours
          </Badge>
        )}
      </div>
      <div className="flex flex-col gap-4">
        <PlanPrice tier={tier} />
        {hasTrial && <p className="text-14">{tier.trialDays} days free first</p>}
        {saving !== undefined && <Saving {...saving} />}
      </div>
      {tier.description !== '' && (
        <p className="plan-terms text-14 text-muted wrap-anywhere">
          <bdi>{tier.description}</bdi>
        </p>
      )}
    </>
  )
}

/** A tier that is called Free doesn't say so twice. */
function PlanPrice({ tier: { name, priceMinor, currency, billingInterval } }: Pick<PlannedTier, 'tier'>) {
  const locale = useLocale()
  if (priceMinor === 0) return <p className="text-22">{name === 'Free' ? 'No charge' : 'Free'}</p>
  return (
    <p>
      <span className="figures text-22">{formatMoney({ amountMinor: priceMinor, currency }, locale)}</span>{' '}
      <span className="text-14 text-muted">per {billingInterval}</span>
    </p>
  )
}

/** With what it is reckoned from. */
function Saving({ amountMinor, currency, monthlyMinor }: NonNullable<PlannedTier['saving']>) {
  const locale = useLocale()
  return (
    <p className="text-14 text-lagoon">
      {formatMoney({ amountMinor, currency }, locale)} less than 12 ×{' '}
      {formatMoney({ amountMinor: monthlyMinor, currency }, locale)}
    </p>
  )
}

function Cell({ metric, tier }: { metric: OfferedMetric; tier: PlannedTier['tier'] }) {
  const { kind, figure, unit } = cellWords(metric, tier, useLocale())
  return (
    <div className="plan-cell">
      <dt>
        <bdi>{metric.displayName}</bdi>
      </dt>
      <dd>
        {kind === 'denied' ? (
          <span className="inline-flex items-center gap-4 text-muted">
            <Icon of={Minus} /> {figure}
          </span>
        ) : (
          <>
            <span className={kind === 'capped' ? 'figures' : 'font-medium'}>{figure}</span>
            {unit !== '' && <span className="text-14 text-muted"> {unit}</span>}
          </>
        )}
      </dd>
    </div>
  )
}

function Addons({ addons }: Pick<AgentOffer, 'addons'>) {
  const locale = useLocale()
  return (
    <div className="flex flex-col gap-12">
      <h3 className="text-18 font-medium">Add-ons</h3>
      <p className="text-14 text-muted">Bought from a subscription, when more is needed.</p>
      <ul className="ledger-list">
        {addons.map((addon) => (
          <li key={addon.id} className="flex flex-wrap items-baseline justify-between gap-x-24 gap-y-4">
            <div className="min-w-0">
              <p className="font-medium wrap-anywhere">
                <bdi>{addon.name}</bdi>
              </p>
              <p className="text-14 text-muted wrap-anywhere">{addonWords(addon)}</p>
            </div>
            <span className="figures text-14">{addonPrice(addon, locale)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
