import type { EarningsEntry } from '#src/features/billing/index.ts'
import { useLocale } from '../../locale.ts'
import { Badge } from '../../ui/badge.tsx'
import { formatMoney } from '../../ui/money.ts'
import { Table } from '../../ui/table.tsx'
import type { Column } from '../../ui/table.tsx'
import { Day } from '../../ui/time.tsx'
import { kindNames } from './earnings-words.ts'

/** Each movement, last first. */
export function EarningsEntries({ entries }: { entries: readonly EarningsEntry[] }) {
  const locale = useLocale()
  const figure = (key: string, label: string, amountOf: (entry: EarningsEntry) => number) => ({
    key,
    label,
    isFigure: true,
    cell: (row: EarningsEntry) => formatMoney({ amountMinor: amountOf(row), currency: row.currency }, locale),
  })
  return (
    <Table
      caption="Entries of the month"
      size="console"
      rows={entries}
      rowKey={({ id }) => id}
      columns={[
        { key: 'date', label: 'Date', cell: ({ occurredAt }) => <Day iso={occurredAt} /> },
        {
          key: 'kind',
          label: 'What',
          cell: ({ kind, isTest }) => (
            <span className="inline-flex flex-wrap items-center gap-8">
              {kindNames[kind]}
              {isTest && <Badge>Test</Badge>}
            </span>
          ),
        },
        { key: 'agent', label: 'Agent', cell: ({ agent }) => agent?.name ?? '–' },
        {
          key: 'reference',
          label: 'Reference',
          cell: ({ invoiceNumber, reference }) => (
            <span className="figures wrap-anywhere">{invoiceNumber ?? reference ?? '–'}</span>
          ),
        },
        figure('amount', 'Amount', ({ amountMinor }) => amountMinor),
        ...[
          figure('fee', 'Fee', ({ feeMinor }) => (feeMinor === 0 ? 0 : -feeMinor)),
          figure('owed', 'Earned', ({ owedMinor }) => owedMinor),
        ].map(notOfPayouts),
      ]}
    />
  )
}

/** A payout is no sale: there is no share in it. */
const notOfPayouts = (column: Column<EarningsEntry>): Column<EarningsEntry> => ({
  ...column,
  cell: (entry) => (entry.kind === 'payout' ? '–' : column.cell(entry)),
})
