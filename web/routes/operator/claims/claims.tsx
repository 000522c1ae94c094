import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { FilterBar } from '../../../ui/filter-bar.tsx'
import { Pagination } from '../../../ui/pagination.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { claimStateOptions, methodWords } from './claim-words.ts'
import type { Route } from './+types/claims.ts'

export const headers = accountHeaders

const path = '/operator/claims'

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const cursor = searchParams.get('cursor') ?? undefined
  const page = await orRefusal(services.claims.list(viewer, { state: searchParams.get('state') ?? undefined, cursor }))
  return { ...page, isFirst: cursor === undefined, now: Date.now() }
}

/** Who says that an entry is theirs: what is proven waits for a decision. */
export default function Claims({ loaderData: { items, nextCursor, state, isFirst, now } }: Route.ComponentProps) {
  return (
    <OperatorPage title="Claims" current={path}>
      <FilterBar>
        <SelectField label="State" name="state" defaultValue={state} options={claimStateOptions} />
      </FilterBar>
      {items.length === 0 ? (
        <Nothing state={state} />
      ) : (
        <Table
          caption="Claims of entries"
          size="console"
          rows={items}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'agent',
              label: 'Entry',
              cell: ({ id, agent }) => <TextLink href={`${path}/${id}`}>{agent.name}</TextLink>,
            },
            { key: 'organization', label: 'For', cell: ({ organization }) => organization.name },
            {
              key: 'who',
              label: 'Who',
              cell: ({ claimant }) => <span className="wrap-anywhere">{claimant.email}</span>,
            },
            { key: 'host', label: 'Host', cell: ({ host }) => <span className="figures wrap-anywhere">{host}</span> },
            {
              key: 'method',
              label: 'Proof',
              cell: ({ provenAt, method }) => (provenAt === null ? '–' : methodWords[method]),
            },
            { key: 'since', label: 'Begun', cell: ({ createdAt }) => <RelativeTime iso={createdAt} now={now} /> },
          ]}
        />
      )}
      <Pagination
        previousHref={isFirst ? undefined : `${path}?state=${state}`}
        nextHref={nextCursor === undefined ? undefined : `${path}?state=${state}&cursor=${nextCursor}`}
      />
    </OperatorPage>
  )
}

const Nothing = ({ state }: { state: string }) =>
  state === 'proven' ? (
    <EmptyState title="Nothing waits for you">
      Once somebody has proven at a project’s own address that it is theirs, the claim stands here until you decide.
    </EmptyState>
  ) : (
    <EmptyState title="There is no such claim" action={<ButtonLink href={path}>Show what waits</ButtonLink>} />
  )
