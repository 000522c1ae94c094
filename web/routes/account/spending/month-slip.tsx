import type { CapStanding, Spending } from '#src/features/spending/index.ts'
import { useLocale } from '../../../locale.ts'
import { formatMoney } from '../../../ui/money.ts'
import { Receipt } from '../../../ui/receipt.tsx'
import { formatDay, formatDayInYear } from '../../../ui/time.tsx'
import { TextLink } from '../../account-access/text-link.tsx'
import { monthName } from './month-words.ts'

interface MonthProps {
  readonly spending: Spending
  readonly standing: CapStanding
}

const kinds = { checkout: 'a subscription', change: 'a change of tier', addon: 'an add-on', resume: 'a resumption' }

interface Entry {
  readonly label: string
  readonly detail: string
  readonly minor: number
}

/** Each number of the month with what it comes from, and their sum against the cap. */
export function MonthSlip({ spending, standing }: MonthProps) {
  const locale = useLocale()
  const { currency, capMinor, agent } = standing
  const money = (amountMinor: number): string => formatMoney({ amountMinor, currency }, locale)
  const isIn = (line: { readonly agent: string; readonly currency: string }): boolean =>
    line.currency === currency && (agent === null || line.agent === agent.name)
  const open = spending.reserved.filter(isIn)
  const entries: Entry[] = [
    ...spending.charged.filter(isIn).flatMap((line) => [
      {
        label: line.agent,
        detail: `Charged ${formatDay(line.at)}${line.number === null ? '' : `, invoice ${line.number}`}`,
        minor: line.amountMinor,
      },
      ...(line.givenBackMinor === 0
        ? []
        : [{ label: line.agent, detail: 'Given back of it', minor: -line.givenBackMinor }]),
    ]),
    ...open.map((line) => ({
      label: line.agent,
      detail: `Held for ${kinds[line.kind]} that is open`,
      minor: line.amountMinor,
    })),
    ...spending.due
      .filter((line) => isIn(line) && line.month === spending.month)
      .map((line) => ({ label: line.agent, detail: `Renews ${formatDay(line.at)}`, minor: line.amountMinor })),
  ]
  const later = spending.due.filter((line) => isIn(line) && line.month !== spending.month)
  let sum = 0
  const lines = entries.map(({ label, detail, minor }) => {
    sum += minor
    return { label, detail, amount: money(minor), balance: money(sum) }
  })
  return (
    <div className="flex max-w-prose flex-col gap-16">
      <Receipt
        title={monthName(spending.month)}
        reference={`until ${formatDayInYear(spending.endsAt)}, 00:00 UTC`}
        lines={lines}
        total={{ label: capMinor === null ? 'In all' : `In all, of ${money(capMinor)}`, amount: money(sum) }}
      />
      {open.some(({ href }) => href !== null) && (
        <ul className="flex flex-col gap-4">
          {open.map(
            ({ href, agent: name, kind }) =>
              href !== null && (
                <li key={href}>
                  <TextLink href={href}>
                    Finish or give up {kinds[kind]} at {name}
                  </TextLink>
                </li>
              ),
          )}
        </ul>
      )}
      {later.length > 0 && (
        <p className="text-muted">
          Next month renews:{' '}
          {later
            .map(({ agent: name, amountMinor, at }) => `${name}, ${money(amountMinor)} on ${formatDay(at)}`)
            .join('; ')}
          .
        </p>
      )}
      <p>
        <TextLink href="/account/invoices">All invoices</TextLink>
      </p>
    </div>
  )
}
