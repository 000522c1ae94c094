// The three functions of the database, their parameters as text and their rows as values. What they do is written where they
// are defined: src/db/migrations/0011_usage_functions.sql.
import type { CustomTypesConfig, Pool } from 'pg'
import { numbersOf, plainArray, textArray } from './arrays.ts'
import type { DenialReason, LimitParts, Meter, UsageAnswer, UsageEvent, UsageFault, UsageQuestion } from './events.ts'
import { tableOfKeys } from './keys.ts'

/** Longer than the database waits for a lock (4 s), shorter than a caller does. */
const queryMsMax = 10_000
/** Rows arrive as text and are read here: the driver's way by column costs more than the decision. */
const types: CustomTypesConfig = { getTypeParser: () => (text: string) => text }

export interface UsageDatabase {
  readonly pool: Pick<Pool, 'query'>
  /** How long a payment may be late, in milliseconds. */
  readonly graceMs: number
}

/** `again`: the entitlement changed meanwhile. `unopened`: the counter is missing (openCounters). */
export type EventOutcome = UsageAnswer | 'again' | 'unopened'

type Row = readonly (string | null)[]

/** Answers in the order of the events. All request ids must be different. Throws what the driver throws, nothing written. */
export async function consume(
  { pool, graceMs }: UsageDatabase,
  events: readonly UsageEvent[],
): Promise<{ readonly outcomes: readonly EventOutcome[]; readonly isNoticed: boolean }> {
  const { parameters, numbers } = tableOfKeys(events)
  const rows = await run(pool, {
    text: 'SELECT * FROM consume_usage($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    values: [
      interval(graceMs),
      ...parameters,
      plainArray(numbers),
      plainArray(events.map(({ delta }) => delta)),
      plainArray(events.map(({ requestId }) => requestId)),
      optional(events, ({ metadata }) => metadata, textArray),
      optional(events, ({ occurredAt }) => occurredAt, textArray),
      optional(
        events,
        ({ ttlSeconds }) => ttlSeconds,
        (values) => plainArray(values.map((value) => value ?? null)),
      ),
    ],
  })
  const outcomes = Array.from<EventOutcome>({ length: events.length })
  let isNoticed = false
  for (const [event, ...row] of rows) {
    outcomes[Number(event) - 1] = outcomeOf(row)
    isNoticed ||= row[11] === 't'
  }
  return { outcomes, isNoticed }
}

function outcomeOf(row: Row): EventOutcome {
  const [outcome, refusal, entryId = null, used, limit, parts, subscriptionId, isGauge, start, end, refunded] = row
  const meter = (): Meter | undefined => meterOf([used, limit, parts, subscriptionId, isGauge, start, end])
  switch (outcome) {
    case 'allowed':
    case 'replayed':
      return {
        kind: 'allowed',
        meter: certain(meter()),
        entryId: entryId ?? undefined,
        isReplayed: outcome === 'replayed',
        refunded: Number(refunded ?? 0),
      }
    case 'denied':
      return { kind: 'denied', reason: refusal as DenialReason, meter: meter() }
    case 'changed':
      return 'again'
    case 'unopened':
      return 'unopened'
    case 'conflict':
      return { kind: 'fault', fault: 'request_id_conflict' }
    default:
      return { kind: 'fault', fault: outcome as UsageFault }
  }
}

/** Makes the counters that these events need. */
export async function openCounters({ pool, graceMs }: UsageDatabase, events: readonly UsageEvent[]): Promise<void> {
  const { parameters } = tableOfKeys(events)
  await run(pool, { text: 'SELECT open_counters($1, $2, $3, $4)', values: [interval(graceMs), ...parameters] })
}

/**
 * Which of these events (by place) wait for somebody who holds their counter now, or their subscription where the counter is
 * missing. Waits for nobody itself.
 */
export async function findHeldUp(
  { pool, graceMs }: UsageDatabase,
  events: readonly UsageEvent[],
): Promise<ReadonlySet<number>> {
  const { parameters, numbers } = tableOfKeys(events)
  const rows = await run(pool, { text: heldKeys, values: [interval(graceMs), ...parameters] })
  const held = new Set(rows.map(([key]) => Number(key)))
  return new Set(numbers.flatMap((number, place) => (held.has(number) ? [place] : [])))
}

const heldKeys = `
  WITH wanted AS MATERIALIZED (
    SELECT entitled.key, entitled.subscription_id, counter.id AS counter_id
    FROM usage_entitlements(rialto_now(), $1, $2, $3, $4) AS entitled
      LEFT JOIN subscription_usage AS counter
        ON counter.subscription_id = entitled.subscription_id AND counter.metric_id = entitled.metric_id
          AND counter.period_start = entitled.period_start
    WHERE entitled.subscription_id IS NOT NULL
  ), free_counters AS MATERIALIZED (
    SELECT counter.id FROM subscription_usage AS counter
    WHERE counter.id IN (SELECT counter_id FROM wanted) FOR NO KEY UPDATE SKIP LOCKED
  ), free_subscriptions AS MATERIALIZED (
    SELECT subscription.id FROM user_agent_subscriptions AS subscription
    WHERE subscription.id IN (SELECT subscription_id FROM wanted WHERE counter_id IS NULL) FOR SHARE SKIP LOCKED
  )
  SELECT wanted.key FROM wanted
  WHERE CASE WHEN wanted.counter_id IS NULL THEN wanted.subscription_id NOT IN (SELECT id FROM free_subscriptions)
    ELSE wanted.counter_id NOT IN (SELECT id FROM free_counters) END`

/** Decides without writing. The questions must be about different (person, agent, metric, delta). */
export async function check(
  { pool, graceMs }: UsageDatabase,
  questions: readonly UsageQuestion[],
): Promise<readonly UsageAnswer[]> {
  // A key each, also where two differ in their delta only: the function answers one delta per key.
  const values = [
    interval(graceMs),
    textArray(questions.map(({ userId }) => userId)),
    plainArray(questions.map(({ agentId }) => agentId)),
    textArray(questions.map(({ metric }) => metric)),
    plainArray(questions.map(({ delta }) => delta)),
  ]
  const rows = await run(pool, { text: 'SELECT * FROM check_usage($1, $2, $3, $4, $5)', values })
  // An agent that is deleted at this moment has no row.
  const answers = questions.map((): UsageAnswer => ({ kind: 'denied', reason: 'no_subscription', meter: undefined }))
  for (const [key, outcome, refusal, used, , limit, parts, subscriptionId, isGauge, start, end] of rows) {
    const meter = meterOf([used, limit, parts, subscriptionId, isGauge, start, end])
    answers[Number(key) - 1] =
      outcome === 'allowed'
        ? { kind: 'allowed', meter: certain(meter), entryId: undefined, isReplayed: false, refunded: 0 }
        : outcome === 'denied'
          ? { kind: 'denied', reason: refusal as DenialReason, meter }
          : { kind: 'fault', fault: outcome as UsageFault }
  }
  return answers
}

type Cell = string | null | undefined

function meterOf([used, limit, parts, subscriptionId, isGauge, start, end]: readonly Cell[]): Meter | undefined {
  if (subscriptionId === null || subscriptionId === undefined) return undefined
  return {
    subscriptionId,
    isGauge: isGauge === 't',
    used: Number(used ?? 0),
    limit: limit === null || limit === undefined ? null : Number(limit),
    parts: parts === null || parts === undefined ? undefined : (numbersOf(parts) as unknown as LimitParts),
    period: start && end ? { start: new Date(start), end: new Date(end) } : undefined,
  }
}

function certain(meter: Meter | undefined): Meter {
  if (meter === undefined) throw new Error('The database allowed what no subscription covers')
  return meter
}

const interval = (ms: number): string => `${ms / 1_000} seconds`

/** Null for the whole column where no event has a value: most have none, and nothing is then sent or read. */
function optional<T>(
  events: readonly UsageEvent[],
  valueOf: (event: UsageEvent) => T | undefined,
  encode: (values: readonly (T | undefined)[]) => string,
): string | null {
  const values = events.map(valueOf)
  return values.every((value) => value === undefined) ? null : encode(values)
}

async function run(pool: Pick<Pool, 'query'>, query: { text: string; values: unknown[] }): Promise<Row[]> {
  const { rows } = await pool.query<(string | null)[]>({
    ...query,
    rowMode: 'array',
    types,
    // The driver knows it, its types don't.
    ...({ query_timeout: queryMsMax } as object),
  })
  return rows
}
