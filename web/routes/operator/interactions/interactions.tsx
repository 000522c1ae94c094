import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TextField } from '../../../ui/field.tsx'
import { FilterBar } from '../../../ui/filter-bar.tsx'
import { Pagination } from '../../../ui/pagination.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { ToldBadge } from './told-badge.tsx'
import { typeWords } from './words.ts'
import type { Route } from './+types/interactions.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const given = (name: string): string | undefined => searchParams.get(name)?.trim() || undefined
  const filter = { type: given('type'), agent: given('agent') }
  const cursor = given('cursor')
  const page = await orRefusal(services.engagement.interactions(viewer, { ...filter, cursor }))
  return { page, filter, isFirst: cursor === undefined }
}

type Filter = Route.ComponentProps['loaderData']['filter']

/** What people did that somebody may want to answer: newest first. */
export default function Interactions({ loaderData: { page, filter, isFirst } }: Route.ComponentProps) {
  const { items, nextCursor, types } = page
  const now = Date.parse(page.now)
  const isFiltered = filter.type !== undefined || filter.agent !== undefined || !isFirst
  return (
    <OperatorPage title="Interactions" current="/operator/interactions">
      <FilterForm filter={filter} types={types} />
      {items.length === 0 ? (
        <Nothing isFiltered={isFiltered} />
      ) : (
        <Table
          caption="Interactions, newest first"
          size="console"
          rows={items}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'type',
              label: 'What',
              cell: ({ id, type }) => <TextLink href={`/operator/interactions/${id}`}>{typeWords(type)}</TextLink>,
            },
            { key: 'agent', label: 'Agent', cell: ({ agentName }) => agentName ?? '–' },
            {
              key: 'who',
              label: 'Who',
              cell: ({ userEmail }) => <span className="wrap-anywhere">{userEmail ?? '–'}</span>,
            },
            { key: 'told', label: 'Mail', cell: (interaction) => <ToldBadge {...interaction} /> },
            { key: 'when', label: 'When', cell: ({ occurredAt }) => <RelativeTime iso={occurredAt} now={now} /> },
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

const FilterForm = ({ filter, types }: { filter: Filter; types: readonly string[] }) => (
  <FilterBar>
    <SelectField
      label="What"
      name="type"
      defaultValue={filter.type ?? ''}
      options={[{ value: '', label: 'Everything' }, ...types.map((type) => ({ value: type, label: typeWords(type) }))]}
    />
    <TextField label="Agent" name="agent" defaultValue={filter.agent ?? ''} placeholder="readability" />
  </FilterBar>
)

const Nothing = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <EmptyState
      title="Nothing like that happened"
      action={<ButtonLink href="/operator/interactions">Show everything</ButtonLink>}
    />
  ) : (
    <EmptyState title="Nothing has happened yet">
      When somebody joins a waitlist, installs an agent or asks for something, it stands here.
    </EmptyState>
  )

function hrefOf({ type, agent }: Filter, cursor?: string): string {
  const entries = Object.entries({ type, agent, cursor }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const query = new URLSearchParams(entries).toString()
  return `/operator/interactions${query === '' ? '' : `?${query}`}`
}
