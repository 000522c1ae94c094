// What is sent and answered. Quantities are whole units of the metric, moments RFC 3339 in UTC.

interface Subject {
  /** The `sub` of the person's ID token. */
  readonly userId: string
  /** The slug of one of the agent's metrics. */
  readonly metric: string
}

interface Named {
  /** A UUID: sending it again is answered the same and counted once. Left out: a new one, kept for all attempts. */
  readonly clientReqId?: string
  /** Your own name for it instead, from which the id is made: see requestIdFor. */
  readonly key?: string
}

interface Abortable {
  /** Ends the waiting. What was already sent may be counted; asking again with the same id tells. */
  readonly signal?: AbortSignal
}

/** At most 20 fields and 2,048 bytes; never personal data. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>

export interface UsageReport extends Subject, Named, Abortable {
  /** 1 unless given. Negative only for a gauge. */
  readonly delta?: number
  /** When it happened, if not now. It counts in the period in which it arrives. */
  readonly occurredAt?: Date
  readonly metadata?: Metadata
}

export interface UsageQuestion extends Subject, Abortable {
  readonly delta?: number
}

export interface ReservationReport extends Subject, Named, Abortable {
  /** The most that the work may take. */
  readonly amount: number
  /** After this it gives itself back; 300 unless given, at most a day. */
  readonly ttlSeconds?: number
  readonly metadata?: Metadata
}

export interface RefundReport extends Named, Abortable {
  /** Of an allowed decision. */
  readonly entryId: string
  /** Left out: all that is left of the entry. */
  readonly amount?: number
}

export type DenialReason = 'quota_exceeded' | 'not_included' | 'no_subscription' | 'payment_required' | 'suspended'

/** A part of a limit, in the order in which parts are drawn. */
export interface LimitPart {
  readonly part: 'included' | 'one_cycle_granted' | 'one_cycle_purchased' | 'permanent_granted' | 'permanent_purchased'
  readonly limit: number
  readonly used: number
  readonly remaining: number
}

interface Standing {
  readonly metric: string
  readonly used: number
  /** Null for a gauge, and where no period has begun. */
  readonly periodStart: string | null
  readonly periodEnd: string | null
  /** When use starts again from 0; null for a gauge. */
  readonly resetsAt: string | null
  readonly breakdown: readonly LimitPart[]
}

/** Where a person stands with a metric. */
export type MeterState = Standing &
  (
    | { readonly unlimited: true; readonly limit: null; readonly remaining: null }
    | { readonly unlimited: false; readonly limit: number; readonly remaining: number }
  )

interface Yes {
  readonly allowed: true
  readonly subscriptionId: string
}

/** Allowed, and durably recorded. */
export type Allowed = MeterState &
  Yes & {
    /** The ledger's entry; what a refund names. */
    readonly entryId: string
    /** This id was answered before, and this is that answer. */
    readonly replayed?: true
    /** Units given back since, when replayed. */
    readonly refunded?: number
  }

/** Denied: nothing was recorded, and the same id works once the limit is lifted. */
export type Denied = MeterState & {
  readonly allowed: false
  readonly reason: DenialReason
  readonly subscriptionId: string | null
  /** Where the person can lift the limit; see liftUrl. */
  readonly purchaseUrl?: string
}

export type Decision = Allowed | Denied

/** What a use would be answered; nothing is recorded. */
export type Forecast = (MeterState & Yes) | Denied

/** A subscription, and where it stands with every metric of the agent. */
export interface SubscriptionUsage {
  readonly subscriptionId: string
  readonly userId: string
  /** Such as `active`, `trialing`, `past_due` or `canceled`. */
  readonly status: string
  readonly tier: { readonly id: string; readonly name: string; readonly isFree: boolean }
  /** Empty once the subscription has ended. */
  readonly meters: readonly SubscriptionMeter[]
}

export type SubscriptionMeter = MeterState & {
  readonly displayName: string
  readonly unit: string
  readonly kind: 'counter' | 'gauge'
  /** How much of `used` is only reserved. */
  readonly held: number
}

export type Refund = MeterState & {
  readonly subscriptionId: string
  /** Of the refund. */
  readonly entryId: string
  /** What was refunded. */
  readonly refersToId: string
  /** Units given back. */
  readonly refunded: number
  /** Units of the entry that can still be given back. */
  readonly left: number
  readonly replayed?: true
}

/** Of one person, or of one subscription. */
export type LedgerQuery = Abortable & {
  readonly metric?: string
  readonly type?: LedgerEventType
  /** Of what happened then or later, and before. */
  readonly from?: Date
  readonly to?: Date
} & ({ readonly userId: string } | { readonly subscriptionId: string })

export type LedgerEventType = 'consume' | 'adjust' | 'refund' | 'hold' | 'settle' | 'lapse' | 'carry_in' | 'carry_out'

export interface LedgerEntry {
  readonly id: string
  readonly subscriptionId: string
  readonly metric: string
  readonly type: LedgerEventType
  /** Negative where it gives back. */
  readonly delta: number
  /** The counter after it. */
  readonly usedAfter: number
  /** Null: unlimited. */
  readonly limit: number | null
  readonly clientReqId: string
  /** The entry that this one takes back, settles or moves. */
  readonly refersToId: string | null
  readonly metadata: Metadata
  /** Null: a gauge. */
  readonly periodStart: string | null
  readonly occurredAt: string
  readonly createdAt: string
}
