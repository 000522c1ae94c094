import type { ReactNode } from 'react'

interface Figure {
  readonly label: string
  readonly value: ReactNode
  readonly unit?: string
}

/** A few figures that matter, set like the head of a ledger. */
export function KeyFigures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="key-figures">
      {figures.map(({ label, value, unit }) => (
        <div key={label} className="flex flex-col-reverse justify-end gap-4">
          <dt className="text-14 text-muted">{label}</dt>
          <dd className="figures text-28">
            {value}
            {unit !== undefined && <span className="font-sans text-14 text-muted"> {unit}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
