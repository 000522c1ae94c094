import { Notice } from '../../../ui/notice.tsx'
import { formatMoney } from '../../../ui/money.ts'
import { exact } from '../../../ui/time.tsx'
import { outcomeWords } from './state-badge.tsx'
import type { EventState } from './state-badge.tsx'
import type { Route } from './+types/stripe-event.ts'

type Changes = NonNullable<Route.ComponentProps['actionData']>['changes']

interface ReplayedProps {
  readonly state: EventState
  readonly changes: Changes
  readonly event: Route.ComponentProps['loaderData']['event']
  readonly locale: string
}

/** What a replay came to, and what is stored otherwise since. */
export function Replayed({ state, changes, event, locale }: ReplayedProps) {
  if (state === 'failed') {
    return (
      <Notice tone="bad" role="alert" title="The replay failed">
        Nothing was changed. The error stands below, and it is tried again by itself.
      </Notice>
    )
  }
  if (state === 'waiting') {
    return (
      <Notice tone="warning" title="The replay is still under way">
        Reload this page in a moment.
      </Notice>
    )
  }
  return (
    <Notice tone="good" title={`Replayed: ${outcomeWords(event.outcome)}`}>
      {changes.length === 0 ? (
        'Nothing changed: what is stored was right.'
      ) : (
        <ul>
          {changes.map((change, place) => (
            <li key={place}>{changeWords(change, locale)}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}

const fieldWords: Readonly<Record<string, string>> = {
  status: 'Status',
  tier: 'Tier',
  periodStart: 'Beginning of the period',
  periodEnd: 'End of the period',
  cancelsAtPeriodEnd: 'Cancels at the end of the period',
  pastDueSince: 'Payment late since',
  disputedSince: 'Disputed since',
}

function changeWords(change: Changes[number], locale: string): string {
  switch (change.kind) {
    case 'subscription':
      return `${fieldWords[change.field] ?? change.field}: ${valueWords(change.before)} → ${valueWords(change.after)}`
    case 'subscription_added':
      return 'A subscription was added.'
    case 'entry':
      return `Written into the books: ${change.entry.kind.replaceAll('_', ' ')} of ${formatMoney(change.entry.money, locale)}`
  }
}

const valueWords = (value: string | null): string => {
  if (value === null) return 'none'
  return /^\d{4}-\d{2}-\d{2}T/.test(value) ? exact(value) : value.replaceAll('_', ' ')
}
