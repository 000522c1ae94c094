import type { Report } from '#src/features/engagement/index.ts'
import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { FilterBar } from '../../../ui/filter-bar.tsx'
import { Pagination } from '../../../ui/pagination.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { reviewHref } from '../../reviews/review-paths.ts'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { kindOptions, kindWords, reasonWords, stateOptions } from './report-words.ts'
import type { Route } from './+types/reports.ts'

export const headers = accountHeaders

const path = '/operator/reports'

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const given = (name: string): string | undefined => searchParams.get(name) ?? undefined
  const cursor = given('cursor')
  const page = await orRefusal(services.reports.list(viewer, { kind: given('kind'), state: given('state'), cursor }))
  return { ...page, isFirst: cursor === undefined, now: Date.now() }
}

type Filter = Route.ComponentProps['loaderData']['filter']

/** What people told about agents and reviews: what waits longest first. */
export default function Reports({ loaderData }: Route.ComponentProps) {
  const { items, nextCursor, filter, isFirst, now } = loaderData
  const isOpen = filter.state === 'open'
  return (
    <OperatorPage title="Reports" current={path}>
      <FilterForm filter={filter} />
      {items.length === 0 ? (
        <Nothing filter={filter} />
      ) : (
        <Table
          caption={isOpen ? 'Open reports, the oldest first' : 'Decided reports, the newest first'}
          size="console"
          rows={items}
          rowKey={({ id }) => id}
          columns={[
            { key: 'what', label: 'About', cell: (report) => <Reported report={report} /> },
            { key: 'kind', label: 'Kind', cell: ({ kind }) => kindWords(kind) },
            {
              key: 'reason',
              label: 'Reason',
              cell: ({ kind, reason }) => (kind === 'removal' ? '–' : reasonWords(reason)),
            },
            {
              key: 'reported',
              label: 'Reported',
              cell: ({ createdAt }) => <RelativeTime iso={createdAt} now={now} />,
            },
            ...(isOpen ? [] : [decidedColumn(now)]),
          ]}
        />
      )}
      <Pagination
        previousHref={isFirst ? undefined : hrefOf(filter)}
        nextHref={nextCursor === undefined ? undefined : hrefOf(filter, nextCursor)}
      />
    </OperatorPage>
  )
}

const decidedColumn = (now: number) => ({
  key: 'decided',
  label: 'Decided',
  cell: ({ decidedAt }: Report) => (decidedAt === null ? '–' : <RelativeTime iso={decidedAt} now={now} />),
})

/** A report of a review is decided where the review stands; everything else on a page of its own. */
const Reported = ({ report: { id, agent, review } }: { report: Report }) => (
  <span className="wrap-anywhere">
    {review === null ? (
      <TextLink href={`${path}/${id}`}>{agent.name}</TextLink>
    ) : (
      <TextLink href={reviewHref(agent.slug, review.id)}>
        {review.title === '' ? `A review of ${agent.name}` : `“${review.title}”, of ${agent.name}`}
      </TextLink>
    )}
  </span>
)

const FilterForm = ({ filter }: { filter: Filter }) => (
  <FilterBar>
    <SelectField
      label="Kind"
      name="kind"
      defaultValue={filter.kind ?? ''}
      options={[{ value: '', label: 'Every kind' }, ...kindOptions]}
    />
    <SelectField label="State" name="state" defaultValue={filter.state} options={stateOptions} />
  </FilterBar>
)

const Nothing = ({ filter }: { filter: Filter }) =>
  filter.state === 'open' && filter.kind === undefined ? (
    <EmptyState title="Nothing waits for you">
      Reports of agents and reviews, and asks for removal, stand here until somebody decides.
    </EmptyState>
  ) : (
    <EmptyState title="There is no such report" action={<ButtonLink href={path}>Show all that are open</ButtonLink>} />
  )

function hrefOf({ kind, state }: Filter, cursor?: string): string {
  const entries = Object.entries({ kind, state, cursor }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return `${path}?${new URLSearchParams(entries).toString()}`
}
