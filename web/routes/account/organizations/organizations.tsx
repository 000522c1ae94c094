import Plus from 'lucide-react/icons/plus'
import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Table } from '../../../ui/table.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { AccountPage, noticeOf } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { roleNames } from './role-words.ts'
import type { Route } from './+types/organizations.ts'

export const headers = accountHeaders

const notices = { left: { title: 'You left the organization', text: 'It is closed to you from now on.' } }

export async function loader(args: Route.LoaderArgs) {
  const { organizations, caller, searchParams } = personRequest(args)
  return { list: await organizations.list(caller), notice: noticeOf(notices, searchParams) }
}

const create = (
  <ButtonLink size="console" icon={Plus} href="/account/organizations/new">
    New organization
  </ButtonLink>
)

export default function Organizations({ loaderData: { list, notice } }: Route.ComponentProps) {
  const isEmpty = list.length === 0
  return (
    <AccountPage
      title="Organizations"
      current="/account/organizations"
      notice={notice}
      action={isEmpty ? undefined : create}
    >
      {isEmpty ? (
        <EmptyState title="You belong to no organization yet" action={create}>
          Agents are published by organizations, alone or with others. To buy and use agents you need none.
        </EmptyState>
      ) : (
        <Table
          caption="Your organizations"
          size="console"
          rows={list}
          rowKey={({ slug }) => slug}
          columns={[
            {
              key: 'name',
              label: 'Organization',
              cell: ({ name, slug }) => (
                <a href={`/account/organizations/${slug}`} className="wrap-anywhere font-medium">
                  {name}
                </a>
              ),
            },
            { key: 'role', label: 'Your role', cell: ({ role }) => roleNames[role] },
            { key: 'members', label: 'Members', isFigure: true, cell: ({ members }) => members },
          ]}
        />
      )}
    </AccountPage>
  )
}
