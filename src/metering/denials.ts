import type { Pool } from 'pg'
import { plainArray, textArray } from './arrays.ts'

/** Somebody was told no. */
export interface Denied {
  readonly subscriptionId: string
  /** The metric's slug. */
  readonly metric: string
}

export interface DenialCounter {
  /** Counts in memory: it takes no time of whoever is answered, and can't fail. */
  count(denied: Denied): void
  /** Writes what was counted so far. Never rejects: what can't be written now is written later. */
  flush(): Promise<void>
}

interface DenialCounterParts {
  readonly pool: Pick<Pool, 'query'>
  /** Hears that the database did not take them, or that there were too many kinds to keep apart. */
  readonly onTrouble: (trouble: { readonly error?: unknown; readonly dropped?: number }) => void
  readonly flushMs?: number
  readonly keysMax?: number
}

const standardFlushMs = 5_000
/** Subscriptions and metrics kept apart between two flushes; about 200 bytes each. */
const standardKeysMax = 10_000
/** A process that stops waits no longer for it. */
const queryMsMax = 3_000

/**
 * How often people are told no, per subscription, metric and hour. Kept for a few seconds in this process and then added by
 * one statement, so a process that is killed loses seconds of a statistic; nothing is ever decided by it.
 */
export function createDenialCounter({
  pool,
  onTrouble,
  flushMs = standardFlushMs,
  keysMax = standardKeysMax,
}: DenialCounterParts): DenialCounter {
  let counted = new Map<string, number>()
  let dropped = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  const add = (key: string, denials: number): void => {
    const before = counted.get(key)
    if (before === undefined && counted.size >= keysMax) dropped += denials
    else counted.set(key, (before ?? 0) + denials)
    arm()
  }

  const arm = (): void => {
    // A timer of a statistic keeps no process alive.
    timer ??= setTimeout(() => void flush(), flushMs).unref()
  }

  const write = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (dropped > 0) onTrouble({ dropped })
    dropped = 0
    const batch = counted
    counted = new Map()
    if (batch.size === 0) return
    try {
      await pool.query({
        text: addDenials,
        values: parametersOf(batch),
        // The driver knows it, its types don't.
        ...({ query_timeout: queryMsMax } as object),
      })
    } catch (error) {
      onTrouble({ error })
      for (const [key, denials] of batch) add(key, denials)
    }
  }

  const flush = (): Promise<void> => {
    writing = writing.then(write)
    return writing
  }

  return { count: ({ subscriptionId, metric }) => add(`${subscriptionId} ${metric}`, 1), flush }
}

// The hour is that of writing, by the business clock: what was counted just before a full hour may be found just after it.
// In the order of the key, so that two processes that add to the same rows wait for each other and never in a circle.
const addDenials = `
  INSERT INTO usage_denials_hourly AS counted (subscription_id, metric_id, hour, denials)
  SELECT subscription.id, metric.id, date_trunc('hour', rialto_now(), 'UTC'), fresh.denials
  FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS fresh (subscription_id, metric, denials)
    JOIN user_agent_subscriptions AS subscription ON subscription.id = fresh.subscription_id
    JOIN agent_metric_definitions AS metric ON metric.agent_id = subscription.agent_id AND metric.slug = fresh.metric
  ORDER BY 1, 2
  ON CONFLICT (subscription_id, metric_id, hour) DO UPDATE SET denials = counted.denials + excluded.denials`

function parametersOf(counted: ReadonlyMap<string, number>): string[] {
  const keys = [...counted.keys()].map((key) => key.split(' '))
  return [
    plainArray(keys.map(([subscriptionId = null]) => subscriptionId)),
    textArray(keys.map(([, metric]) => metric)),
    plainArray([...counted.values()]),
  ]
}
