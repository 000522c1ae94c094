// Which usage period a subscription is in. No job starts one: it follows from the subscription and the time alone.
import { contains, lengthMs, stepAround } from './months.ts'
import type { Interval, Period } from './months.ts'
import type { Quota } from './quota.ts'

export interface PeriodTier {
  readonly isFree: boolean
  readonly billingInterval: Interval
  readonly usageInterval: Interval
}

export type Status =
  | 'active'
  | 'trialing'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'incomplete'
  | 'incomplete_expired'
  | 'canceled'

export interface PeriodSubscription {
  readonly status: Status
  /** What is paid for, or for a free tier what was last written down. */
  readonly current: Period
  /** What months are counted from. */
  readonly anchor: Date
  readonly cancelAtPeriodEnd: boolean
  /** Since when its payment has failed. Null: it has not, or it is not known. */
  readonly pastDueAt: Date | null
}

/** The part of a quota that a period gives, as a fraction of two times. */
export interface Share {
  readonly graceMs: number
  readonly ofMs: number
}

export type UsagePeriod =
  | { readonly kind: 'regular'; readonly period: Period }
  /** The paid period is over and its renewal has not arrived. */
  | { readonly kind: 'provisional'; readonly period: Period; readonly share: Share }
  | { readonly kind: 'no_subscription' }
  | { readonly kind: 'payment_required' }

interface When {
  readonly now: Date
  /** How long an unpaid subscription goes on. */
  readonly graceMs: number
}

/** The usage period at `now` under the tier that is effective then, or why there is none. */
export function usagePeriod(subscription: PeriodSubscription, tier: PeriodTier, when: When): UsagePeriod {
  const { status, current, cancelAtPeriodEnd } = subscription
  switch (status) {
    case 'canceled':
    case 'incomplete_expired':
      return { kind: 'no_subscription' }
    case 'unpaid':
    case 'paused':
    case 'incomplete':
      return { kind: 'payment_required' }
    case 'active':
    case 'trialing':
    case 'past_due':
      if (cancelAtPeriodEnd && when.now >= current.end) return { kind: 'no_subscription' }
      if (tier.isFree) return { kind: 'regular', period: freePeriod(subscription.anchor, tier, when.now) }
      if (status === 'past_due' && isGraceOver(subscription, when)) return { kind: 'payment_required' }
      return paidPeriod(subscription, tier, when)
  }
}

/** A free tier rolls by itself from its anchor. */
export const freePeriod = (anchor: Date, { usageInterval }: PeriodTier, now: Date): Period =>
  stepAround({ anchor, interval: usageInterval, at: now })

function paidPeriod({ current, anchor }: PeriodSubscription, tier: PeriodTier, { now, graceMs }: When): UsagePeriod {
  if (now < current.end) return { kind: 'regular', period: stepWithin(current, anchor, tier, now) }
  const period = { start: current.end, end: new Date(+current.end + graceMs) }
  if (!contains(period, now)) return { kind: 'payment_required' }
  const share = { graceMs, ofMs: lengthMs(current.end, tier.usageInterval) }
  return { kind: 'provisional', period, share }
}

/** The usage period within a paid one: all of it, or a month where a longer one grants its quota monthly. */
function stepWithin(paid: Period, anchor: Date, tier: PeriodTier, now: Date): Period {
  if (tier.usageInterval === tier.billingInterval) return paid
  const step = stepAround({ anchor, interval: tier.usageInterval, at: now })
  return {
    start: step.start < paid.start ? paid.start : step.start,
    end: step.end > paid.end ? paid.end : step.end,
  }
}

const isGraceOver = ({ pastDueAt, current }: PeriodSubscription, { now, graceMs }: When): boolean =>
  +now >= +(pastDueAt ?? current.start) + graceMs

/** A quota for a part of a period, rounded down: never more than the whole. */
export function shareOf(quota: Quota, { graceMs, ofMs }: Share): Quota {
  if (quota.kind !== 'capped') return quota
  // Units times milliseconds pass what a number holds exactly.
  const units = Number((BigInt(quota.units) * BigInt(Math.min(graceMs, ofMs))) / BigInt(ofMs))
  return units === 0 ? { kind: 'denied' } : { kind: 'capped', units }
}
