import type { SandboxCheckout } from '#src/features/sandbox/index.ts'
import { useLocale } from '../../locale.ts'
import { formatMoney } from '../../ui/money.ts'
import { exact, formatDay } from '../../ui/time.tsx'
import { everyWords } from './words.ts'

/** What is bought: its lines, what is due today, and what comes later. */
export function Order({ checkout }: { checkout: SandboxCheckout }) {
  const locale = useLocale()
  const { lines, dueToday } = checkout
  return (
    <div className="flex flex-col gap-16">
      {lines.length > 0 && (
        <div className="receipt">
          <table className="w-full">
            <thead className="sr-only">
              <tr>
                <th scope="col">What</th>
                <th scope="col">Amount</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ description, quantity, amount, every }, place) => (
                <tr key={`${place} ${description}`} className="border-b border-hairline align-baseline">
                  <td className="pb-12 wrap-anywhere">
                    {description}
                    {quantity > 1 && ` × ${quantity}`}
                  </td>
                  <td className="pb-12 ps-16 text-end">
                    {formatMoney(amount, locale)}
                    {every !== undefined && <span className="block text-12 text-muted">{everyWords(every)}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
            {dueToday !== undefined && (
              <tfoot>
                <tr className="receipt-total font-semibold">
                  <th scope="row" className="py-8 text-start">
                    Due today
                  </th>
                  <td className="py-8 ps-16 text-end">{formatMoney(dueToday, locale)}</td>
                </tr>
              </tfoot>
            )}
          </table>
        </div>
      )}
      <Later checkout={checkout} />
    </div>
  )
}

const withoutCardWords = {
  cancel: 'Without a card by then it ends, and nothing is charged.',
  pause: 'Without a card by then it pauses, and nothing is charged.',
  create_invoice: 'Without a card by then an invoice stays open.',
} as const

function Later({ checkout: { mode, trial, recurring, needsCard } }: { checkout: SandboxCheckout }) {
  const locale = useLocale()
  if (mode === 'setup') return <p className="text-muted">Nothing is bought. The card is kept for later.</p>
  if (recurring === undefined) return <p className="text-muted">Paid once. Nothing is charged later.</p>
  const price = `${formatMoney(recurring.amount, locale)} ${everyWords(recurring.every)}`
  if (trial === undefined) return <p className="text-muted">Then {price}, until you cancel.</p>
  return (
    <p className="text-muted">
      Free until{' '}
      <time dateTime={trial.endsAt} title={exact(trial.endsAt)}>
        {formatDay(trial.endsAt)}
      </time>
      . The first charge is {formatMoney(recurring.amount, locale)} on that day, then {price}, until you cancel.
      {!needsCard && ` ${withoutCardWords[trial.withoutCard]}`}
    </p>
  )
}
