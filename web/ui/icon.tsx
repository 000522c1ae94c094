import type { LucideIcon } from 'lucide-react'

interface IconProps {
  readonly of: LucideIcon
  /** 12 only inside a badge. */
  readonly size?: 12 | 16 | 20
  /** Only for an icon that stands alone; beside text it says nothing. */
  readonly label?: string
  readonly className?: string
}

/** A Lucide icon at Rialto's sizes and stroke. */
export function Icon({ of: Drawing, size = 16, label, className }: IconProps) {
  const named = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label }
  return <Drawing size={size} strokeWidth={1.5} className={`shrink-0 ${className ?? ''}`} {...named} />
}
