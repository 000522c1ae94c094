import { scaleLinear } from 'd3-scale'
import { formatDay } from './time.tsx'
import { Table } from './table.tsx'

interface DayValue {
  /** `2026-11-23`. */
  readonly day: string
  /** Null: not measured, a gap. */
  readonly value: number | null
}

interface DayChartProps {
  /** What is drawn, such as "Texts read". */
  readonly title: string
  readonly unit: string
  /** `bars`: so much on each day. `level`: where it stood. */
  readonly kind: 'bars' | 'level'
  /** Oldest first, without a gap in the days. */
  readonly days: readonly DayValue[]
  /** "source · N · period" */
  readonly caption: string
  /** Why a day has no value; "Not measured" unless given. */
  readonly missing?: string
}

const barShare = 0.7

/**
 * Whole numbers by day, drawn on the server, with a table of the same. The plot stretches and the words around it don't, so that
 * they stay legible at any width.
 */
export function DayChart({ title, unit, kind, days, caption, missing = 'Not measured' }: DayChartProps) {
  const largest = Math.max(1, ...days.map(({ value }) => value ?? 0))
  const scale = scaleLinear([0, largest], [0, 100]).nice(2)
  // Half a unit is none.
  const ticks = scale.ticks(2).filter(Number.isInteger)
  const [first, last] = [days[0], days.at(-1)]
  return (
    <figure className="flex flex-col gap-8">
      <figcaption className="flex flex-wrap justify-between gap-x-16 text-14">
        <span className="font-medium">{title}</span>
        <span className="text-muted">{caption}</span>
      </figcaption>
      <div className="day-chart" aria-hidden="true">
        <svg viewBox={`0 0 ${days.length} 100`} preserveAspectRatio="none" className="day-chart-plot">
          {ticks.map((tick) => (
            <line
              key={tick}
              x1="0"
              x2={days.length}
              y1={100 - scale(tick)}
              y2={100 - scale(tick)}
              className="day-chart-grid"
            />
          ))}
          {kind === 'bars' ? (
            <Bars days={days} scale={scale} />
          ) : (
            <path d={levelPath(days, scale)} className="day-chart-line" />
          )}
        </svg>
        <svg className="day-chart-ticks">
          {ticks.map((tick) => (
            <text key={tick} x="100%" y={`${100 - scale(tick)}%`} textAnchor="end">
              {tick.toLocaleString('en', { notation: 'compact' })}
            </text>
          ))}
        </svg>
        {first !== undefined && last !== undefined && (
          <p className="day-chart-days">
            <span>{formatDay(first.day)}</span>
            <span>{formatDay(last.day)}</span>
          </p>
        )}
      </div>
      <details className="text-14">
        <summary>{title} as a table</summary>
        <Table
          caption={`${title}, ${caption}`}
          size="console"
          rows={days.toReversed()}
          rowKey={({ day }) => day}
          columns={[
            { key: 'day', label: 'Day', cell: ({ day }) => formatDay(day) },
            {
              key: 'value',
              label: unit,
              isFigure: true,
              cell: ({ value }) => (value === null ? missing : value.toLocaleString('en')),
            },
          ]}
        />
      </details>
    </figure>
  )
}

type Scale = (value: number) => number

const Bars = ({ days, scale }: { days: readonly DayValue[]; scale: Scale }) =>
  days.map(({ day, value }, place) =>
    value === null || value === 0 ? undefined : (
      <rect
        key={day}
        x={place + (1 - barShare) / 2}
        width={barShare}
        y={100 - scale(value)}
        height={scale(value)}
        className={place === days.length - 1 ? 'day-chart-last' : 'day-chart-bar'}
      />
    ),
  )

/** Steps, since a level holds until it changes. */
function levelPath(days: readonly DayValue[], scale: Scale): string {
  return days
    .map(({ value }, place) => {
      if (value === null) return ''
      const y = 100 - scale(value)
      const isStart = days[place - 1]?.value === undefined || days[place - 1]?.value === null
      return `${isStart ? 'M' : 'L'}${place},${y}L${place + 1},${y}`
    })
    .join('')
}
