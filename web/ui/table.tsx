import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface Column<Row> {
  readonly key: string
  readonly label: string
  /** Figures stand right, in the ledger face. */
  readonly isFigure?: boolean
  readonly cell: (row: Row) => ReactNode
}

interface TableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly size?: 'public' | 'console'
}

/** A ledger: hairlines, no zebra. Below 640 px each row becomes a list of labels and values. */
export function Table<Row>({ caption, columns, rows, rowKey, size = 'public' }: TableProps<Row>) {
  return (
    <table className={classNames('ledger', size === 'console' && 'ledger-dense')}>
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ key, label, isFigure }) => (
            <th key={key} scope="col" className={classNames(isFigure && 'text-end')}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(({ key, label, isFigure, cell }) => (
              <td key={key} data-label={label} className={classNames(isFigure && 'figures sm:text-end')}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
