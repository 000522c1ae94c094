import type { ReactNode } from 'react'
import CircleCheck from 'lucide-react/icons/circle-check'
import CircleX from 'lucide-react/icons/circle-x'
import Info from 'lucide-react/icons/info'
import TriangleAlert from 'lucide-react/icons/triangle-alert'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

const looks = {
  info: { icon: Info, color: 'text-canal', box: 'bg-tint-canal' },
  good: { icon: CircleCheck, color: 'text-lagoon', box: 'bg-tint-lagoon' },
  warning: { icon: TriangleAlert, color: 'text-gold', box: 'bg-tint-gold' },
  bad: { icon: CircleX, color: 'text-red', box: 'bg-tint-red' },
} as const

interface NoticeProps {
  readonly tone?: keyof typeof looks
  readonly title: string
  readonly children?: ReactNode
  /** `alert` interrupts a screen reader: only for what just went wrong. */
  readonly role?: 'status' | 'alert' | 'note'
}

/** A message in the page: what happened, and what to do. */
export function Notice({ tone = 'info', title, children, role = 'note' }: NoticeProps) {
  const { icon, color, box } = looks[tone]
  return (
    <div role={role} className={classNames('flex gap-12 rounded-card p-16', box)}>
      <span className={classNames('flex h-24 items-center', color)}>
        <Icon of={icon} size={20} />
      </span>
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="text-14 text-muted">{children}</div>}
      </div>
    </div>
  )
}
