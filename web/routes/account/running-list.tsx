import type { PresentSubscription } from '#src/features/billing/index.ts'
import Rocket from 'lucide-react/icons/rocket'
import { useLocale } from '../../locale.ts'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Meter } from '../../ui/meter.tsx'
import { formatDayInYear } from '../../ui/time.tsx'
import { meterLimit } from '../offers/meter-limit.ts'
import { fullestMeter } from './subscriptions/attention.ts'
import { StatusBadge } from './subscriptions/status.tsx'
import { nextWords } from './subscriptions/words.ts'

/** What somebody has: where each stands at its fullest, and what it costs next. */
export const RunningList = ({ subscriptions }: { subscriptions: readonly PresentSubscription[] }) => (
  <ul className="running">
    {subscriptions.map((subscription) => (
      <li key={subscription.id} className="running-item">
        <Name subscription={subscription} />
        <Fullest subscription={subscription} />
        <Money subscription={subscription} />
        <div className="running-launch">
          {subscription.agent.isLaunchable && (
            <ButtonLink
              kind="secondary"
              size="console"
              icon={Rocket}
              href={`/agents/${subscription.agent.slug}/launch`}
              aria-label={`Launch ${subscription.agent.name}`}
            >
              Launch
            </ButtonLink>
          )}
        </div>
      </li>
    ))}
  </ul>
)

interface PartProps {
  readonly subscription: PresentSubscription
}

const Name = ({ subscription }: PartProps) => (
  <div className="flex min-w-0 items-start gap-12">
    <ArchIcon slug={subscription.agent.slug} className="size-tile-s" />
    <div className="flex min-w-0 flex-col items-start gap-4">
      <a href={`/account/subscriptions/${subscription.id}`} className="text-16 font-medium wrap-anywhere">
        {subscription.agent.name}
      </a>
      <span className="flex flex-wrap items-center gap-8 text-muted wrap-anywhere">
        {subscription.tier.name}
        <StatusBadge subscription={subscription} />
      </span>
    </div>
  </div>
)

function Fullest({ subscription: { meters } }: PartProps) {
  const meter = fullestMeter(meters)
  if (meter === undefined) return <p className="text-muted">Counts nothing</p>
  return (
    <div className="flex flex-col gap-4">
      <Meter
        label={meter.displayName}
        unit={meter.unit}
        used={meter.used}
        limit={meterLimit(meter)}
        resets={meter.resetsAt === null ? undefined : `resets ${formatDayInYear(meter.resetsAt)}`}
      />
      {meters.length > 1 && (
        <p className="text-12 text-muted">
          and {meters.length - 1} other {meters.length === 2 ? 'limit' : 'limits'} with more room
        </p>
      )}
    </div>
  )
}

function Money({ subscription }: PartProps) {
  const locale = useLocale()
  return (
    <p className="min-w-0">
      <span className="block text-12 text-muted">Next charge</span>
      <span className="wrap-anywhere">{nextWords(subscription, locale)}</span>
    </p>
  )
}
