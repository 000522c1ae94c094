import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { LimitParts } from '#src/metering/index.ts'

/** The period of a counter, and the limit that one of its entries was held against. */
export interface LimitedCounter {
  readonly subscriptionId: string
  readonly userId: string
  readonly agentId: string
  /** The metric's slug. */
  readonly metric: string
  readonly periodStart: Date
  readonly limitAtEntry: number | null
  readonly partsAtEntry: readonly number[] | null
}

export interface LimitInForce {
  /** Null: unlimited. */
  readonly limit: number | null
  /** Undefined: all of it is included. */
  readonly parts: LimitParts | undefined
  /** Whether the period is running and nothing but the limit stands against more use in it. */
  readonly isOpen: boolean
  readonly isOver: boolean
}

/** A counter's limit now; once its period is over, or its subscription has ended, the one that its entry was held against. */
export async function limitInForce(
  tx: Transaction,
  counter: LimitedCounter,
  { graceSeconds }: { readonly graceSeconds: number },
): Promise<LimitInForce> {
  const { userId, agentId, metric, subscriptionId, periodStart } = counter
  const { rows } = await tx.execute<{
    limit_at: string | null
    limit_parts: string[] | null
    refusal: string | null
  }>(sql`
    SELECT limit_at, limit_parts, refusal
    FROM usage_entitlements(rialto_now(), make_interval(secs => ${graceSeconds}), ARRAY[${userId}::text],
      ARRAY[${agentId}::uuid], ARRAY[${metric}::text])
    WHERE subscription_id = ${subscriptionId} AND period_start = ${periodStart.toISOString()}`)
  const [row] = rows
  if (row === undefined) {
    const { limitAtEntry, partsAtEntry } = counter
    return { limit: limitAtEntry, parts: partsOf(partsAtEntry), isOpen: false, isOver: true }
  }
  const { limit_at: limit, limit_parts: parts, refusal } = row
  return {
    limit: limit === null ? null : Number(limit),
    parts: partsOf(parts?.map(Number) ?? null),
    isOpen: refusal === null || refusal === 'not_included',
    isOver: false,
  }
}

export function partsOf(parts: readonly number[] | null): LimitParts | undefined {
  // Always five: the database writes them.
  return parts === null ? undefined : (parts as unknown as LimitParts)
}

const secondsOfDay = 86_400

/** How late a payment may be. */
export const graceSecondsOf = ({ paymentGraceDays }: { readonly paymentGraceDays: number }): number =>
  paymentGraceDays * secondsOfDay
