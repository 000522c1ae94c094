import type { CapStanding } from '#src/features/spending/index.ts'
import { useLocale } from '../../../locale.ts'
import { formatMoney } from '../../../ui/money.ts'
import { Table } from '../../../ui/table.tsx'
import { TextLink } from '../../account-access/text-link.tsx'

/** What each agent takes of the month, and the way to its own cap. */
export function AgentCaps({ standings }: { standings: readonly CapStanding[] }) {
  const locale = useLocale()
  if (standings.length === 0) return <p className="text-muted">You pay for no agent now.</p>
  const money = (amountMinor: number, currency: string): string => formatMoney({ amountMinor, currency }, locale)
  return (
    <Table
      caption="Agents and their caps"
      size="console"
      rows={standings}
      rowKey={({ agent }) => agent?.id ?? ''}
      columns={[
        { key: 'agent', label: 'Agent', cell: ({ agent }) => agent?.name },
        {
          key: 'taken',
          label: 'This month',
          isFigure: true,
          cell: ({ spentMinor, reservedMinor, dueMinor, currency }) =>
            money(spentMinor + reservedMinor + dueMinor, currency),
        },
        {
          key: 'cap',
          label: 'Cap',
          isFigure: true,
          cell: ({ capMinor, currency }) => (capMinor === null ? '–' : money(capMinor, currency)),
        },
        {
          key: 'change',
          label: 'Action',
          cell: ({ agent, capMinor }) => (
            <TextLink
              href={`/account/spending?agent=${encodeURIComponent(agent?.slug ?? '')}`}
              aria-label={`${capMinor === null ? 'Set a cap' : 'Change the cap'} for ${agent?.name ?? ''}`}
            >
              {capMinor === null ? 'Set a cap' : 'Change'}
            </TextLink>
          ),
        },
      ]}
    />
  )
}
