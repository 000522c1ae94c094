import type { Statement } from '#src/features/billing/index.ts'
import { useLocale } from '../../locale.ts'
import { formatMoney } from '../../ui/money.ts'
import { Table } from '../../ui/table.tsx'

/** A month's totals, a row for each currency. What leaves has a minus, so that a row can be added up. */
export function EarningsStatements({ statements }: { statements: readonly Statement[] }) {
  const locale = useLocale()
  const figure = (key: string, label: string, amountOf: (statement: Statement) => number) => ({
    key,
    label,
    isFigure: true,
    cell: (row: Statement) => formatMoney({ amountMinor: amountOf(row), currency: row.currency }, locale),
  })
  const hasAdjustments = statements.some(({ adjustmentsMinor }) => adjustmentsMinor !== 0)
  return (
    <Table
      caption="Totals of the month"
      size="console"
      rows={statements}
      rowKey={({ currency }) => currency}
      columns={[
        { key: 'currency', label: 'Currency', cell: ({ currency }) => currency },
        figure('gross', 'Sales', ({ grossMinor }) => grossMinor),
        figure('refunds', 'Refunds', ({ refundsMinor }) => opposite(refundsMinor)),
        figure('disputes', 'Disputes', ({ disputesMinor }) => opposite(disputesMinor)),
        ...(hasAdjustments ? [figure('adjustments', 'Corrections', ({ adjustmentsMinor }) => adjustmentsMinor)] : []),
        figure('fee', 'Fee', ({ feeMinor }) => opposite(feeMinor)),
        figure('owed', 'Earned', ({ owedMinor }) => owedMinor),
        figure('paid', 'Paid out', ({ paidMinor }) => paidMinor),
      ]}
    />
  )
}

/** Without a minus before nothing. */
const opposite = (amountMinor: number): number => (amountMinor === 0 ? 0 : -amountMinor)
