import type { ReactNode } from 'react'

interface ReceiptLine {
  readonly label: string
  readonly detail?: string
  readonly amount: string
  /** What was left, or owed, after this line. */
  readonly balance: string
}

interface ReceiptProps {
  readonly title: string
  readonly reference?: string
  readonly lines: readonly ReceiptLine[]
  readonly total: { readonly label: string; readonly amount: string }
  readonly children?: ReactNode
}

/** Ledger rows like a stamped slip; invoices, grants and usage share it. */
export function Receipt({ title, reference, lines, total, children }: ReceiptProps) {
  return (
    <div className="receipt">
      <div className="flex flex-wrap justify-between gap-8 pb-8">
        <span className="font-medium">{title}</span>
        {reference !== undefined && <span className="text-muted">{reference}</span>}
      </div>
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th scope="col">Entry</th>
            <th scope="col">Amount</th>
            <th scope="col">Balance</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ label, detail, amount, balance }, place) => (
            <tr key={`${place} ${label}`} className="border-t border-hairline align-baseline">
              <td className="py-8">
                {label}
                {detail !== undefined && <span className="block text-12 text-muted">{detail}</span>}
              </td>
              <td className="py-8 ps-16 text-end text-muted">{amount}</td>
              <td className="py-8 ps-16 text-end">{balance}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="receipt-total font-semibold">
            <th scope="row" colSpan={2} className="py-8 text-start">
              {total.label}
            </th>
            <td className="py-8 ps-16 text-end">{total.amount}</td>
          </tr>
        </tfoot>
      </table>
      {children}
    </div>
  )
}
