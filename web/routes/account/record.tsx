import type { ReactNode } from 'react'

interface Line {
  readonly label: string
  readonly value: ReactNode
  readonly action?: ReactNode
}

/** What is so, line by line, each with the way to change it. */
export const Record = ({ lines }: { lines: readonly Line[] }) => (
  <dl className="record">
    {lines.map(({ label, value, action }) => (
      <div key={label} className="record-line">
        <dt className="text-muted">{label}</dt>
        <dd className="min-w-0 wrap-anywhere">{value}</dd>
        {action !== undefined && action !== false && <dd>{action}</dd>}
      </div>
    ))}
  </dl>
)
