import type { OrganizationServices } from '#src/identity/index.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Table } from '../../../ui/table.tsx'
import { TextButton } from '../text-button.tsx'
import { roleNames, roleOptions } from './role-words.ts'

type Detail = NonNullable<Awaited<ReturnType<OrganizationServices['find']>>>
type Member = Detail['members'][number]

interface MembersProps {
  readonly members: readonly Member[]
  readonly assignableRoles: Detail['assignableRoles']
}

export const Members = ({ members, assignableRoles }: MembersProps) => (
  <Table
    caption="Members"
    size="console"
    rows={members}
    rowKey={({ id }) => id}
    columns={[
      { key: 'name', label: 'Name', cell: (member) => <MemberName member={member} /> },
      { key: 'email', label: 'E-mail', cell: ({ email }) => <span className="min-w-0 wrap-anywhere">{email}</span> },
      {
        key: 'role',
        label: 'Role',
        cell: (member) =>
          member.isManageable ? <RoleForm member={member} assignableRoles={assignableRoles} /> : roleNames[member.role],
      },
      {
        key: 'action',
        label: 'Action',
        cell: (member) => (member.isManageable ? <Remove member={member} /> : '–'),
      },
    ]}
  />
)

const MemberName = ({ member }: { member: Member }) => (
  <span className="inline-flex min-w-0 flex-wrap items-center gap-8">
    <span className="wrap-anywhere">{member.name}</span>
    {member.isViewer && <Badge tone="info">You</Badge>}
  </span>
)

const RoleForm = ({ member, assignableRoles }: { member: Member } & Pick<Detail, 'assignableRoles'>) => (
  <form method="post" className="inline-flex flex-wrap items-center gap-8">
    <input type="hidden" name="intent" value="role" />
    <input type="hidden" name="member" value={member.id} />
    <select
      name="role"
      aria-label={`Role of ${member.name}`}
      defaultValue={member.role}
      className="min-h-control-console rounded-control border border-control bg-raised px-8 text-14 touch-target"
    >
      {roleOptions(assignableRoles).map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
    <Button kind="secondary" size="console" aria-label={`Save the role of ${member.name}`}>
      Save
    </Button>
  </form>
)

const Remove = ({ member }: { member: Member }) => (
  <form method="post">
    <input type="hidden" name="intent" value="remove" />
    <input type="hidden" name="member" value={member.id} />
    <TextButton aria-label={`Remove ${member.name}`}>Remove</TextButton>
  </form>
)
