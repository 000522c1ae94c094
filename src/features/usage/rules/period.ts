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
    case 'past_due':
      if (isGraceOver(subscription, when)) return { kind: 'payment_required' }
      break
    case 'active':
    case 'trialing':
  }
  if (cancelAtPeriodEnd && when.now >= current.end) return { kind: 'no_subscription' }
  if (!tier.isFree && when.now >= current.end) return provisionalPeriod(current.end, tier, when)
  return { kind: 'regular', period: schedule(subscription, tier, when.now).periodAt(when.now) }
}

/** The usage periods that a subscription has, as long as nothing about it changes. */
export interface Schedule {
  /** What `periodAt` answers for. */
  readonly bounds: Period
  periodAt(at: Date): Period
}

/** Of a paid tier within what is paid, of a free one around `now`. */
export function schedule({ current, anchor }: Scheduled, tier: PeriodTier, now: Date): Schedule {
  const stepAt = (at: Date): Period => stepAround({ anchor, interval: tier.usageInterval, at })
  // A free tier rolls by itself from its anchor, whatever was last written down.
  if (tier.isFree) return { bounds: stepAt(now), periodAt: stepAt }
  if (tier.usageInterval === tier.billingInterval) return { bounds: current, periodAt: () => current }
  return { bounds: current, periodAt: (at) => overlap(stepAt(at < current.start ? current.start : at), current) }
}

type Scheduled = Pick<PeriodSubscription, 'current' | 'anchor'>

const overlap = (a: Period, b: Period): Period => ({
  start: a.start > b.start ? a.start : b.start,
  end: a.end < b.end ? a.end : b.end,
})

function provisionalPeriod(paidUntil: Date, tier: PeriodTier, { now, graceMs }: When): UsagePeriod {
  const period = { start: paidUntil, end: new Date(+paidUntil + graceMs) }
  if (!contains(period, now)) return { kind: 'payment_required' }
  return { kind: 'provisional', period, share: { graceMs, ofMs: lengthMs(paidUntil, tier.usageInterval) } }
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
