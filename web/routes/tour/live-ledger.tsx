import type { Ledger, LedgerLine, Tour } from '#src/features/tour/index.ts'
import { Meter } from '../../ui/meter.tsx'
import { Receipt } from '../../ui/receipt.tsx'
import { formatDay } from '../../ui/time.tsx'
import { meterLimit } from '../offers/meter-limit.ts'

/** What was just committed, newest first, and the counter that all of it adds up to. */
export function LiveLedger({ tour: { ledger, meters, buyer, agent } }: { tour: Tour }) {
  if (ledger === undefined) {
    return (
      <p className="tour-no-ledger">
        Each text that {agent.name} reads for {buyer.name} becomes a line here, at the moment it is committed.
      </p>
    )
  }
  return (
    <div className="flex flex-col gap-24">
      {meters.map((meter) => (
        <Meter
          key={meter.metric}
          label={meter.displayName}
          unit={meter.unit}
          used={meter.used}
          limit={meterLimit(meter)}
          resets={meter.resetsAt === null ? undefined : `resets ${formatDay(meter.resetsAt)}`}
        />
      ))}
      <Lines ledger={ledger} />
    </div>
  )
}

function Lines({ ledger: { lines, total, used, sum, unit } }: { ledger: Ledger }) {
  return (
    <Receipt
      title="Ledger"
      reference={total === 1 ? '1 line' : `${total.toLocaleString('en')} lines`}
      lines={lines.map((line) => ({
        label: timeOf(line.at),
        ...(line.request !== null && { detail: `${line.request.slice(0, 8)}… ${line.line ?? '–'}` }),
        amount: signed(line.delta),
        balance: balanceOf(line),
      }))}
      total={{ label: 'Counter of the period', amount: `${used.toLocaleString('en')} ${unit}` }}
    >
      <p className="pt-12 text-12 text-muted">
        Under each time the request and its line, as the agent noted them.{' '}
        {used === sum
          ? 'The counter is as it is stored, and the lines of its period add up to the same.'
          : `The lines of its period add up to ${sum.toLocaleString('en')}: that must never be.`}{' '}
        Newest first, times in UTC.
      </p>
    </Receipt>
  )
}

const timeOf = (moment: Date): string => moment.toISOString().slice(11, 23)

const signed = (units: number): string => `${units > 0 ? '+' : '−'}${Math.abs(units).toLocaleString('en')}`

const balanceOf = ({ usedAfter, limitAt }: LedgerLine): string =>
  limitAt === null
    ? usedAfter.toLocaleString('en')
    : `${usedAfter.toLocaleString('en')}/${limitAt.toLocaleString('en')}`
