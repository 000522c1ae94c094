import CircleCheck from 'lucide-react/icons/circle-check'
import CircleX from 'lucide-react/icons/circle-x'
import { Badge } from '../../../ui/badge.tsx'

interface ToldBadgeProps {
  readonly notifiedAt: string | null
  readonly notifyError: string | null
}

/** Whether those who are to be told have been. */
export function ToldBadge({ notifiedAt, notifyError }: ToldBadgeProps) {
  if (notifiedAt !== null) {
    return (
      <Badge tone="good" icon={CircleCheck}>
        Sent
      </Badge>
    )
  }
  if (notifyError === null) return <span className="text-muted">Not sent</span>
  return (
    <Badge tone="bad" icon={CircleX}>
      Failed
    </Badge>
  )
}
