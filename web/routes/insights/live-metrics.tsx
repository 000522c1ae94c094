import type { Insights } from '#src/features/insights/index.ts'
import CircleCheck from 'lucide-react/icons/circle-check'
import CircleX from 'lucide-react/icons/circle-x'
import { useLocale } from '../../locale.ts'
import { DayChart } from '../../ui/day-chart.tsx'
import { Icon } from '../../ui/icon.tsx'
import { KeyFigures } from '../../ui/key-figures.tsx'
import { RelativeTime } from '../../ui/time.tsx'

interface LiveMetricsProps {
  readonly insights: Insights
  /** The agent's. */
  readonly name: string
  readonly now: number
}

/** What Rialto itself measured of an agent; every figure with its source, how many it rests on, and of which time. */
export function LiveMetrics({ insights: { reachability, uptime, use }, name, now }: LiveMetricsProps) {
  const locale = useLocale()
  const figures = [
    ...(uptime === null
      ? []
      : [
          {
            label: `answered, of ${uptime.checks.toLocaleString('en')} checks in 30 days`,
            value: percent(uptime.answeredBp, locale),
          },
        ]),
    ...(use === null
      ? []
      : [
          { label: 'people used it in 30 days', value: use.people.toLocaleString('en') },
          { label: 'calls, on days with five people or more', value: use.calls.toLocaleString('en') },
        ]),
  ]
  return (
    <div className="flex flex-col gap-24">
      {reachability !== undefined && <Reach reachability={reachability} now={now} />}
      {figures.length > 0 && <KeyFigures figures={figures} />}
      {use === null ? (
        <p className="max-w-prose text-muted">
          {`Too few people used ${name} in the last 30 days for figures that say nothing of any one of them: they appear from five on.`}
        </p>
      ) : (
        <DayChart
          title="Calls by day"
          unit="Calls"
          kind="bars"
          days={use.days.map(({ day, calls }) => ({ day, value: calls }))}
          caption={`Rialto’s ledger · ${use.calls.toLocaleString('en')} calls · 30 days, UTC, without days of fewer than five people`}
          missing="Fewer than five people"
        />
      )}
      <p className="max-w-prose text-14 text-muted">
        Measured by Rialto, not told by the publisher: use from the ledger, without the publisher’s test people
        {reachability !== undefined && '; whether it answers from our own checks, every five minutes'}.
      </p>
    </div>
  )
}

function Reach({ reachability, now }: { reachability: NonNullable<Insights['reachability']>; now: number }) {
  const { isReachable, latencyMs, checkedAt, unreachableSince } = reachability
  return (
    <p className="flex flex-wrap items-center gap-x-8 gap-y-4">
      <span className={isReachable ? 'text-lagoon' : 'text-red'}>
        <Icon of={isReachable ? CircleCheck : CircleX} />
      </span>
      <span className="font-medium">{isReachable ? 'Reachable' : 'Not reachable'}</span>
      {unreachableSince !== null && (
        <span className="text-muted">
          since <RelativeTime iso={unreachableSince} now={now} />
        </span>
      )}
      <span className="text-muted">
        {isReachable && latencyMs !== null && (
          <>
            · <span className="figures">{latencyMs.toLocaleString('en')} ms</span>{' '}
          </>
        )}
        · checked <RelativeTime iso={checkedAt} now={now} />
      </span>
    </p>
  )
}

/** Basis points as the visitor writes a share; rounded down, so that 100 % means all. */
const percent = (basisPoints: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(basisPoints / 10_000)
