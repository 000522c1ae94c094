import CircleX from 'lucide-react/icons/circle-x'
import Info from 'lucide-react/icons/info'
import TriangleAlert from 'lucide-react/icons/triangle-alert'
import type { PresentSubscription } from '#src/features/billing/index.ts'
import { useLocale } from '../../locale.ts'
import { Icon } from '../../ui/icon.tsx'
import { AttentionActions } from './subscriptions/attention-actions.tsx'
import { attentionOf, byUrgency } from './subscriptions/attention.ts'

const looks = {
  bad: { icon: CircleX, color: 'text-red' },
  warning: { icon: TriangleAlert, color: 'text-gold' },
  info: { icon: Info, color: 'text-canal' },
} as const

interface AttentionListProps {
  readonly subscriptions: readonly PresentSubscription[]
  /** RFC 3339, by the business clock. */
  readonly now: string
}

/** What waits for somebody, over all their subscriptions: the most urgent first, each with the way to deal with it. */
export function AttentionList({ subscriptions, now }: AttentionListProps) {
  const items = useAttention({ subscriptions, now })
  return (
    <ul className="attention">
      {items.map(({ subscription, attention }) => {
        const { kind, tone, title, text } = attention
        return (
          <li key={`${subscription.id} ${kind} ${title}`} className="attention-item">
            <span className={`flex h-24 items-center ${looks[tone].color}`}>
              <Icon of={looks[tone].icon} size={20} />
            </span>
            <div className="min-w-0 max-w-prose wrap-anywhere">
              <p className="text-16">
                <span className="font-medium">{title}</span>
                {!title.startsWith(subscription.agent.name) && (
                  <span className="text-muted"> · {subscription.agent.name}</span>
                )}
              </p>
              <p className="text-muted">{text}</p>
            </div>
            <div className="attention-actions">
              <AttentionActions attention={attention} subscription={subscription} />
            </div>
          </li>
        )
      })}
    </ul>
  )
}

export function useAttention({ subscriptions, now }: AttentionListProps) {
  const locale = useLocale()
  return subscriptions
    .flatMap((subscription) =>
      attentionOf(subscription, { now, locale }).map((attention) => ({ subscription, attention })),
    )
    .toSorted((a, b) => byUrgency(a.attention, b.attention))
}
