// When a change of tier takes effect. The rule: at once only if it takes nothing away that was paid for or promised;
// otherwise at the end of the period. So a change that raises one metric and lowers another waits: what somebody may still
// use of the lowered one is theirs until the period ends, and nobody is stopped in the middle of work by clicking a tier.
import type { Interval } from './months.ts'
import { includedUnits } from './quota.ts'
import type { Quota } from './quota.ts'

export interface ComparedTier {
  /** Minor units of `currency` for one billing interval. */
  readonly price: number
  readonly currency: string
  readonly usageInterval: Interval
  /** By metric; a metric that is missing is not included. */
  readonly quotas: ReadonlyMap<string, Quota>
}

export type TierChange = 'upgrade' | 'downgrade'

/** `upgrade` acts at once and keeps what was used; `downgrade` acts at the end of the period. */
export function classifyChange(from: ComparedTier, to: ComparedTier): TierChange {
  // Amounts due are compared, not amounts per month: who goes from a year to a month has paid for that year.
  const isPriceKept = to.price >= from.price && (isFree(from) || isFree(to) || to.currency === from.currency)
  // A year's quota may be drawn on its first day: monthly quotas on top of it would give it twice.
  const isIntervalKept = from.usageInterval === 'month' || to.usageInterval === 'year'
  return isPriceKept && isIntervalKept && keepsEveryQuota(from, to) ? 'upgrade' : 'downgrade'
}

function keepsEveryQuota(from: ComparedTier, to: ComparedTier): boolean {
  return [...from.quotas].every(
    ([metric, quota]) => includedUnits(to.quotas.get(metric) ?? { kind: 'none' }) >= includedUnits(quota),
  )
}

const isFree = ({ price }: ComparedTier): boolean => price === 0
