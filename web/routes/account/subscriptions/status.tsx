import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import CircleX from 'lucide-react/icons/circle-x'
import Clock from 'lucide-react/icons/clock'
import Minus from 'lucide-react/icons/minus'
import type { OwnSubscription } from '#src/features/billing/index.ts'
import { Badge } from '../../../ui/badge.tsx'
import { statusWords } from './words.ts'

const icons = { good: CircleCheck, info: Clock, warning: CircleAlert, bad: CircleX, neutral: Minus } as const

export function StatusBadge({ subscription }: { subscription: OwnSubscription }) {
  const { label, tone } = statusWords(subscription)
  return (
    <Badge tone={tone} icon={icons[tone]}>
      {label}
    </Badge>
  )
}
