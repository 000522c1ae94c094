import { useId } from 'react'
import OctagonX from 'lucide-react/icons/octagon-x'
import { Icon } from './icon.tsx'

/** A limit as drawn: what the tier includes, then one-cycle and permanent add-ons. NULL and 0 never meet: they are kinds. */
export type MeterLimit =
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'capped'; readonly included: number; readonly oneCycle: number; readonly permanent: number }

interface MeterProps {
  readonly label: string
  readonly unit: string
  readonly used: number
  readonly limit: MeterLimit
  /** "resets 3 Dec" */
  readonly resets?: string | undefined
}

/** The arcade: a bar in up to three bays, told apart by solid, hatch and dots, and always said in words too. */
export function Meter({ label, unit, used, limit, resets }: MeterProps) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap justify-between gap-x-16 text-14">
        <span className="font-medium">{label}</span>
        <span className="figures text-muted">{words({ unit, used, limit, resets })}</span>
      </div>
      {limit.kind === 'denied' && <Bar bays={[]} used={0} total={1} />}
      {limit.kind === 'capped' && <CappedBar used={used} limit={limit} />}
    </div>
  )
}

function words({ unit, used, limit, resets }: Omit<MeterProps, 'label'>): string {
  if (limit.kind === 'denied') return 'Not included'
  const spent = used.toLocaleString('en')
  if (limit.kind === 'unlimited') return `${spent} ${unit} · Unlimited`
  const total = (limit.included + limit.oneCycle + limit.permanent).toLocaleString('en')
  return [`${spent} of ${total} ${unit}`, resets].filter(Boolean).join(' · ')
}

function CappedBar({ used, limit }: { used: number; limit: Extract<MeterLimit, { kind: 'capped' }> }) {
  const total = limit.included + limit.oneCycle + limit.permanent
  const isFull = used >= total
  const bays = [
    { texture: 'solid' as const, start: 0, size: limit.included },
    { texture: 'hatch' as const, start: limit.included, size: limit.oneCycle },
    { texture: 'dots' as const, start: limit.included + limit.oneCycle, size: limit.permanent },
  ].filter((bay) => bay.size > 0)
  return (
    <div className="flex items-center gap-8">
      <Bar bays={bays} used={used} total={total} isFull={isFull} />
      {isFull && <Icon of={OctagonX} label="Limit reached" className="text-red" />}
    </div>
  )
}

interface BarProps {
  readonly bays: readonly { readonly texture: Texture; readonly start: number; readonly size: number }[]
  readonly used: number
  readonly total: number
  readonly isFull?: boolean
}

// SVG widths, because a style attribute would need a hole in the page's content security policy.
function Bar({ bays, used, total, isFull = false }: BarProps) {
  return (
    <span className={`meter ${isFull ? 'text-red' : 'text-lagoon'}`} aria-hidden="true">
      {bays.length === 0 && <svg className="meter-bay" width="100%" />}
      {bays.map(({ texture, start, size }) => {
        const filled = Math.min(Math.max(used - start, 0), size)
        return <Bay key={texture} texture={texture} width={(100 * size) / total} filled={(100 * filled) / size} />
      })}
      {bays.length > 0 && (
        <svg className="meter-tick">
          <line x1="80%" x2="80%" y1="0" y2="100%" />
        </svg>
      )}
    </span>
  )
}

type Texture = 'solid' | 'hatch' | 'dots'

/** Widths in percent. */
function Bay({ texture, width, filled }: { texture: Texture; width: number; filled: number }) {
  const id = useId()
  return (
    <svg className="meter-bay" width={`${width}%`}>
      {texture === 'hatch' && (
        <pattern id={id} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2.5" height="4" fill="currentColor" />
        </pattern>
      )}
      {texture === 'dots' && (
        <pattern id={id} width="4" height="4" patternUnits="userSpaceOnUse">
          <circle cx="2" cy="2" r="1.5" fill="currentColor" />
        </pattern>
      )}
      <rect width={`${filled}%`} height="100%" fill={texture === 'solid' ? 'currentColor' : `url(#${id})`} />
    </svg>
  )
}
