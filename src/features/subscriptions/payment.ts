import { stepAround, stepFrom } from '#src/features/usage/index.ts'
import type { Period } from '#src/features/usage/index.ts'
import type { SubscriptionRow } from './subscription.ts'
import type { Tier } from './tier.ts'

/** What billing knows of a paid subscription. Money in minor units; `period` is what is paid for, or a trial. */
export interface Payment {
  readonly status: SubscriptionRow['status']
  readonly period: Period
  /** What its months are counted from. Undefined: found from the period, see anchorOf. */
  readonly anchor?: Date
  readonly trialEndsAt?: Date | null
  readonly pastDueAt?: Date | null
  readonly amount: number
  readonly currency: string
  readonly priceId: string | null
}

/**
 * What the months of a paid period are counted from, so that its end is always such a month's end and whatever follows, a
 * free tier too, begins there. An anchor that still fits stays: 31 January survives February.
 */
export function anchorOf({ period, anchor }: Payment, tier: Tier, earlier?: Date): Date {
  if (anchor !== undefined) return anchor
  if (
    earlier !== undefined &&
    +stepAround({ anchor: earlier, interval: 'month', at: period.end }).start === +period.end
  ) {
    return earlier
  }
  const whole = stepFrom({ anchor: period.start, interval: tier.billingInterval, steps: 1 })
  // A trial, or a period that was cut to another length.
  return +whole === +period.end ? period.start : period.end
}

export const paymentColumns = ({ status, period, trialEndsAt, pastDueAt, amount, currency, priceId }: Payment) => ({
  status,
  currentPeriodStart: period.start,
  currentPeriodEnd: period.end,
  ...(trialEndsAt !== undefined && { trialEndsAt }),
  ...(pastDueAt !== undefined && { pastDueAt }),
  amount,
  currency,
  priceId,
})
