import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { FilterBar } from '../../../ui/filter-bar.tsx'
import { TextField } from '../../../ui/field.tsx'
import { Pagination } from '../../../ui/pagination.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { askedOf, eventsHref, filterOf, isFiltered } from './event-filter.ts'
import type { EventFilter } from './event-filter.ts'
import { outcomeWords, StateBadge, stateWords } from './state-badge.tsx'
import type { Route } from './+types/stripe-events.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const filter = filterOf(searchParams)
  const cursor = searchParams.get('cursor') ?? undefined
  const page = await orRefusal(services.stripeEvents.list(viewer, { ...askedOf(filter), cursor }))
  return { page, filter, isFirst: cursor === undefined, now: Date.now() }
}

export default function StripeEvents({ loaderData: { page, filter, isFirst, now } }: Route.ComponentProps) {
  const { items, nextCursor } = page
  return (
    <OperatorPage title="Stripe events" current="/operator/stripe-events">
      <Filter filter={filter} />
      {items.length === 0 ? (
        <Nothing isFiltered={isFiltered(filter) || !isFirst} />
      ) : (
        <>
          <p className="text-muted">{countWords(page)}</p>
          <Table
            caption="Events of Stripe, newest first"
            size="console"
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'type',
                label: 'Type',
                cell: ({ id, type }) => (
                  <TextLink href={`/operator/stripe-events/${id}`}>
                    <span className="figures wrap-anywhere">{type}</span>
                  </TextLink>
                ),
              },
              { key: 'state', label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
              {
                key: 'result',
                label: 'What came of it',
                cell: ({ error, outcome }) => <Result error={error} outcome={outcome} />,
              },
              { key: 'attempts', label: 'Attempts', isFigure: true, cell: ({ attempts }) => attempts },
              {
                key: 'received',
                label: 'Received',
                cell: ({ receivedAt }) => <RelativeTime iso={receivedAt} now={now} />,
              },
            ]}
          />
        </>
      )}
      <Pagination
        previousHref={isFirst ? undefined : eventsHref(filter)}
        nextHref={nextCursor === undefined ? undefined : eventsHref(filter, nextCursor)}
      />
    </OperatorPage>
  )
}

/** Long enough to tell one failure from another; the whole of it is on the event's page. */
const errorLengthMax = 80

function Result({ error, outcome }: { error: string | null; outcome: string | null }) {
  if (error === null) return outcomeWords(outcome)
  const isLong = error.length > errorLengthMax
  return <span className="wrap-anywhere">{isLong ? `${error.slice(0, errorLengthMax)}…` : error}</span>
}

function countWords({ count, countedMax }: { count: number; countedMax: number }): string {
  if (count >= countedMax) return `More than ${countedMax.toLocaleString('en')} events`
  return count === 1 ? '1 event' : `${count.toLocaleString('en')} events`
}

const states = [{ value: '', label: 'Any' }, ...Object.entries(stateWords).map(([value, label]) => ({ value, label }))]

const Filter = ({ filter }: { filter: EventFilter }) => (
  <FilterBar reset={isFiltered(filter) && <TextLink href={eventsHref({})}>Show all</TextLink>}>
    <SelectField label="State" name="state" options={states} defaultValue={filter.state ?? ''} />
    <TextField label="Type" name="type" placeholder="invoice" defaultValue={filter.type} maxLength={100} />
    <TextField label="From" name="from" type="date" defaultValue={filter.from} />
    <TextField label="To" name="to" type="date" defaultValue={filter.to} />
  </FilterBar>
)

const Nothing = ({ isFiltered: isNarrow }: { isFiltered: boolean }) =>
  isNarrow ? (
    <EmptyState title="No event fits" action={<ButtonLink href={eventsHref({})}>Show all</ButtonLink>}>
      Try another state, fewer letters of the type, or more days.
    </EmptyState>
  ) : (
    <EmptyState title="Stripe has told nothing yet">
      Events arrive at <code className="figures">/api/webhooks/stripe</code> as soon as somebody buys something.
    </EmptyState>
  )
