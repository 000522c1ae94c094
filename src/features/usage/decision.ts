import type { DenialReason, LimitParts as Parts, Meter, UsageAnswer, UsageFault } from '#src/metering/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { breakdownOf } from './rules/breakdown.ts'
import type { PartUse } from './rules/breakdown.ts'
import type { LimitParts } from './rules/limit.ts'

/** Where a counter stands, as agents and people are shown it. Quantities are whole units of the metric. */
export interface MeterState {
  readonly metric: string
  readonly used: number
  /** Null: unlimited. */
  readonly limit: number | null
  readonly remaining: number | null
  readonly unlimited: boolean
  /** RFC 3339; null for gauges, which have no period, and where nothing has begun. */
  readonly periodStart: string | null
  readonly periodEnd: string | null
  /** When use starts again from 0; null for gauges. */
  readonly resetsAt: string | null
  readonly breakdown: readonly PartUse[]
}

export interface Decision extends MeterState {
  readonly allowed: boolean
  readonly reason?: DenialReason
  readonly subscriptionId: string | null
  readonly entryId?: string
  readonly replayed?: true
  readonly refunded?: number
  readonly purchaseUrl?: string
}

interface Setting {
  readonly metric: string
  /** Made only for a denial. */
  readonly purchaseUrl: () => string
}

/** The answer as data. Throws the AppError of a fault. */
export function decisionOf(answer: UsageAnswer, { metric, purchaseUrl }: Setting): Decision {
  switch (answer.kind) {
    case 'fault':
      throw faultOf(answer.fault)
    case 'denied': {
      const { meter, reason } = answer
      const link = reason === 'suspended' ? {} : { purchaseUrl: purchaseUrl() }
      return {
        allowed: false,
        reason,
        subscriptionId: meter?.subscriptionId ?? null,
        ...stateOf(metric, meter),
        ...link,
      }
    }
    case 'allowed': {
      const { meter, entryId, isReplayed, refunded } = answer
      return {
        allowed: true,
        subscriptionId: meter.subscriptionId,
        ...(entryId !== undefined && { entryId }),
        ...(isReplayed && { replayed: true }),
        ...(refunded > 0 && { refunded }),
        ...stateOf(metric, meter),
      }
    }
  }
}

const none = { used: 0, limit: 0, remaining: 0, unlimited: false, periodStart: null, periodEnd: null, resetsAt: null }

/** Undefined: nobody subscribed. */
export function stateOf(metric: string, meter: Meter | undefined): MeterState {
  if (meter === undefined) return { metric, ...none, breakdown: [] }
  const { used, limit, parts, isGauge, period } = meter
  const end = isGauge ? null : (period?.end.toISOString() ?? null)
  return {
    metric,
    used,
    limit,
    remaining: limit === null ? null : Math.max(0, limit - used),
    unlimited: limit === null,
    periodStart: isGauge ? null : (period?.start.toISOString() ?? null),
    periodEnd: end,
    resetsAt: end,
    breakdown: limit === null ? [] : breakdownOf({ used, parts: namedParts(limit, parts) }),
  }
}

function namedParts(limit: number, parts: Parts | undefined): LimitParts {
  const [included, one_cycle_granted, one_cycle_purchased, permanent_granted, permanent_purchased] =
    parts ?? ([limit, 0, 0, 0, 0] as const)
  return { included, one_cycle_granted, one_cycle_purchased, permanent_granted, permanent_purchased }
}

export function faultOf(fault: UsageFault): AppError {
  if (fault !== 'occurred_at_out_of_range') return new AppError(fault)
  const message = 'must be at most 5 minutes ahead and 400 days back'
  return new AppError('invalid_request', { errors: [{ in: 'json', path: 'occurredAt', message }] })
}
