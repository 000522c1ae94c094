import type { OfferedTier } from '#src/features/offers/index.ts'

interface IntervalSwitchProps {
  readonly interval: OfferedTier['billingInterval']
  /** Of the page that the table is on. */
  readonly path: string
}

const intervals = [
  { interval: 'month', label: 'By the month' },
  { interval: 'year', label: 'By the year' },
] as const

/** Two links, so that what is looked at has an address of its own. */
export const IntervalSwitch = ({ interval, path }: IntervalSwitchProps) => (
  <nav aria-label="Billed" className="interval-switch">
    {intervals.map((way) => (
      <a
        key={way.interval}
        href={`${path}?interval=${way.interval}#pricing`}
        aria-current={way.interval === interval ? 'true' : undefined}
      >
        {way.label}
      </a>
    ))}
  </nav>
)
