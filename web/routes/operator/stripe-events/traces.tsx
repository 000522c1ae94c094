import { formatMoney } from '../../../ui/money.ts'
import { Table } from '../../../ui/table.tsx'
import { formatDay } from '../../../ui/time.tsx'
import { Record } from '../../account/record.tsx'
import type { Route } from './+types/stripe-event.ts'

type EventTraces = Route.ComponentProps['loaderData']['event']['traces']

/** The subscription and the movements of money that an event names, as they are stored now. */
export function Traces({ traces: { subscription, entries }, locale }: { traces: EventTraces; locale: string }) {
  if (subscription === undefined && entries.length === 0) {
    return <p className="text-muted">No subscription and no payment that this event names.</p>
  }
  return (
    <>
      {subscription !== undefined && <Record lines={linesOf(subscription)} />}
      {entries.length > 0 && (
        <Table
          caption="Movements of money"
          size="console"
          rows={entries}
          rowKey={({ stripeObjectId }) => stripeObjectId}
          columns={[
            { key: 'kind', label: 'In the books', cell: ({ kind }) => kind.replaceAll('_', ' ') },
            {
              key: 'id',
              label: 'At Stripe',
              cell: ({ stripeObjectId }) => <span className="figures wrap-anywhere">{stripeObjectId}</span>,
            },
            { key: 'amount', label: 'Amount', isFigure: true, cell: ({ money }) => formatMoney(money, locale) },
          ]}
        />
      )}
    </>
  )
}

const linesOf = (subscription: NonNullable<EventTraces['subscription']>) => [
  { label: 'Subscription', value: `${subscription.agent} · ${subscription.tier}` },
  { label: 'Status', value: statusWords(subscription) },
  { label: 'Period', value: `${formatDay(subscription.periodStart)} to ${formatDay(subscription.periodEnd)}` },
  { label: 'Id', value: <span className="figures wrap-anywhere">{subscription.id}</span> },
]

function statusWords({
  status,
  cancelsAtPeriodEnd,
  pastDueSince,
  disputedSince,
}: NonNullable<EventTraces['subscription']>): string {
  const notes = [
    cancelsAtPeriodEnd && 'cancels at the end of its period',
    pastDueSince !== null && `payment late since ${formatDay(pastDueSince)}`,
    disputedSince !== null && `disputed since ${formatDay(disputedSince)}`,
  ].filter((note) => note !== false)
  return [status.replaceAll('_', ' '), ...notes].join(', ')
}
