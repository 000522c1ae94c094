import { EmptyState } from '../../../ui/empty-state.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import type { Route } from './+types/disputes.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const isOpen = searchParams.get('state') !== 'decided'
  return { disputes: await orRefusal(services.receipts.listDisputes(viewer, isOpen)), isOpen, now: Date.now() }
}

export default function Disputes({ loaderData: { disputes, isOpen, now } }: Route.ComponentProps) {
  return (
    <OperatorPage title="Disputes" current="/operator/disputes">
      <p className="text-muted">
        {isOpen ? 'Receipts that people say are wrong, who waits longest first. ' : 'What was decided, newest first. '}
        <TextLink href={isOpen ? '/operator/disputes?state=decided' : '/operator/disputes'}>
          {isOpen ? 'Show what was decided' : 'Show what is open'}
        </TextLink>
      </p>
      {disputes.length === 0 ? (
        <EmptyState title={isOpen ? 'Nobody waits' : 'Nothing was decided yet'}>
          {isOpen ? 'When somebody says that a receipt is wrong, it appears here.' : 'Open disputes come first.'}
        </EmptyState>
      ) : (
        <Table
          caption={isOpen ? 'Open disputes' : 'Decided disputes'}
          size="console"
          rows={disputes}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'person',
              label: 'Person',
              cell: ({ id, person }) => <TextLink href={`/operator/disputes/${id}`}>{person.email}</TextLink>,
            },
            { key: 'agent', label: 'Agent', cell: ({ agent }) => agent.name },
            {
              key: 'units',
              label: 'Units',
              isFigure: true,
              cell: ({ entry }) => `${entry.units.toLocaleString('en')} ${entry.unit}`,
            },
            {
              key: 'outcome',
              label: isOpen ? 'Since' : 'Decided',
              cell: ({ createdAt, decidedAt }) => <RelativeTime iso={decidedAt ?? createdAt} now={now} />,
            },
            ...(isOpen
              ? []
              : [
                  {
                    key: 'credited',
                    label: 'Given back',
                    isFigure: true,
                    cell: ({ creditedUnits }: (typeof disputes)[number]) =>
                      creditedUnits?.toLocaleString('en') ?? 'nothing',
                  },
                ]),
          ]}
        />
      )}
    </OperatorPage>
  )
}
