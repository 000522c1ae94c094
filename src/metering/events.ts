/** Something that was used, or is to be reserved, as an agent reports it. All parts are valid by themselves. */
export interface UsageEvent {
  readonly agentId: string
  readonly userId: string
  /** The metric's slug. */
  readonly metric: string
  /** Units; negative only for gauges, never 0. */
  readonly delta: number
  /** The caller's idempotency key, a UUID in lower case. */
  readonly requestId: string
  /** A JSON object as text. Undefined: none. */
  readonly metadata?: string | undefined
  /** ISO 8601. Undefined: now, by the business clock. */
  readonly occurredAt?: string | undefined
  /** Makes it a reservation that lapses after so many seconds. */
  readonly ttlSeconds?: number | undefined
}

/** A question what an event would be answered. */
export interface UsageQuestion {
  readonly agentId: string
  readonly userId: string
  readonly metric: string
  readonly delta: number
}

export type DenialReason = 'quota_exceeded' | 'not_included' | 'no_subscription' | 'payment_required' | 'suspended'

/** Why an event can't be decided at all: the request is wrong, whatever the person may do. */
export type UsageFault =
  | 'metric_not_found'
  | 'counter_only'
  | 'below_zero'
  | 'request_id_conflict'
  | 'occurred_at_out_of_range'

/**
 * What a limit is made of, in the order it is drawn: included, one-cycle granted and purchased, permanent granted and
 * purchased.
 */
export type LimitParts = readonly [number, number, number, number, number]

/** The counter that decided, as it was then. */
export interface Meter {
  readonly subscriptionId: string
  readonly isGauge: boolean
  readonly used: number
  /** Null: unlimited. */
  readonly limit: number | null
  /** Undefined: all of the limit is included in the tier. */
  readonly parts: LimitParts | undefined
  /** Undefined: nothing has begun, as in a period that was never paid. */
  readonly period: { readonly start: Date; readonly end: Date } | undefined
}

export type UsageAnswer =
  | {
      readonly kind: 'allowed'
      readonly meter: Meter
      /** The ledger's; for a reservation its id. Undefined: nothing was written, it was a question. */
      readonly entryId: string | undefined
      readonly isReplayed: boolean
      /** Units that were refunded since, when replayed. */
      readonly refunded: number
    }
  | { readonly kind: 'denied'; readonly reason: DenialReason; readonly meter: Meter | undefined }
  | { readonly kind: 'fault'; readonly fault: UsageFault }
