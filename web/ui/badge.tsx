import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

export type Tone = 'neutral' | 'info' | 'good' | 'warning' | 'bad'

const tones: Record<Tone, string> = {
  neutral: 'bg-sunken text-muted',
  info: 'bg-tint-canal text-canal',
  good: 'bg-tint-lagoon text-lagoon',
  warning: 'bg-tint-gold text-gold',
  bad: 'bg-tint-red text-red',
}

/** A state in one word. Two on a card at most; the icon says it again, so colour is never alone. */
export function Badge({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: LucideIcon; children: ReactNode }) {
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-4 rounded-control px-8 py-4 text-12 font-medium',
        tones[tone],
      )}
    >
      {icon && <Icon of={icon} size={12} />}
      {children}
    </span>
  )
}
