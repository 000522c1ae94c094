import type { OrganizationServices } from '#src/identity/index.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { TextButton } from '../text-button.tsx'
import { roleNames } from './role-words.ts'

type Invitation = NonNullable<Awaited<ReturnType<OrganizationServices['find']>>>['invitations'][number]

interface InvitationsProps {
  readonly invitations: readonly Invitation[]
  readonly now: number
}

export const Invitations = ({ invitations, now }: InvitationsProps) =>
  invitations.length === 0 ? (
    <p className="text-muted">None is open.</p>
  ) : (
    <Table
      caption="Open invitations"
      size="console"
      rows={invitations}
      rowKey={({ id }) => id}
      columns={[
        { key: 'email', label: 'E-mail', cell: ({ email }) => <span className="min-w-0 wrap-anywhere">{email}</span> },
        { key: 'role', label: 'Role', cell: ({ role }) => roleNames[role] },
        {
          key: 'expires',
          label: 'Expires',
          cell: ({ expiresAt, isExpired }) =>
            isExpired ? <Badge tone="warning">Expired</Badge> : <RelativeTime iso={expiresAt} now={now} />,
        },
        { key: 'action', label: 'Action', cell: (invitation) => <Withdraw invitation={invitation} /> },
      ]}
    />
  )

const Withdraw = ({ invitation }: { invitation: Invitation }) => (
  <form method="post">
    <input type="hidden" name="intent" value="withdraw" />
    <input type="hidden" name="invitation" value={invitation.id} />
    <TextButton aria-label={`Withdraw the invitation to ${invitation.email}`}>Withdraw</TextButton>
  </form>
)
