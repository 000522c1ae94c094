import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'

const minuteSeconds = 60
const hourSeconds = 3_600

/**
 * How often something may be tried, by whom. `network` bounds one address against many accounts, `account` many addresses
 * against one account; `pair` is tight because it can't lock anybody else out.
 */
const rules = {
  'sign-in:pair': { points: 10, duration: 15 * minuteSeconds },
  'sign-in:account': { points: 50, duration: hourSeconds },
  'sign-in:network': { points: 100, duration: 15 * minuteSeconds },
  'sign-up:account': { points: 5, duration: hourSeconds },
  'sign-up:network': { points: 60, duration: hourSeconds },
  'mail:account': { points: 5, duration: hourSeconds },
  'mail:network': { points: 60, duration: hourSeconds },
  'password:account': { points: 10, duration: 15 * minuteSeconds },
  'code:network': { points: 60, duration: 15 * minuteSeconds },
  // A code of an authenticator is good for 90 seconds at most, with the clocks that better-auth allows for.
  'code:once': { points: 1, duration: 2 * minuteSeconds },
  'organization:account': { points: 10, duration: hourSeconds },
  'invitation:account': { points: 30, duration: hourSeconds },
  'passkey:network': { points: 120, duration: 15 * minuteSeconds },
  'export:account': { points: 5, duration: hourSeconds },
  'link:network': { points: 60, duration: 15 * minuteSeconds },
  'register:network': { points: 30, duration: hourSeconds },
  'operator-refusal:account': { points: 60, duration: hourSeconds },
  'review:account': { points: 30, duration: hourSeconds },
  'report:account': { points: 20, duration: hourSeconds },
  'contact:account': { points: 10, duration: hourSeconds },
  // Each asks a stranger's server, or the DNS.
  'claim-check:account': { points: 30, duration: hourSeconds },
  // Many accounts' worth: a few of them shall not keep a host's own people from being checked.
  'claim-check:host': { points: 300, duration: hourSeconds },
  'engagement:account': { points: 60, duration: hourSeconds },
  // What asks Stripe, whose own limit is one for the whole marketplace.
  'billing:account': { points: 120, duration: 10 * minuteSeconds },
  'push:pair': { points: 120, duration: 15 * minuteSeconds },
  'client:pair': { points: 100, duration: 15 * minuteSeconds },
} as const

export type AttemptRule = keyof typeof rules
export type Attempts = Partial<Record<AttemptRule, readonly string[]>>

export interface AttemptLimits {
  /** Counts one attempt under each key. Returns the seconds to wait when one of them is used up. */
  take(attempts: Attempts): Promise<number | undefined>
  /** Forgets the attempts under these keys, after one succeeded. */
  forget(attempts: Attempts): Promise<void>
}

/** Counted in PostgreSQL, so that any number of processes share one limit. */
export function createAttemptLimits(pool: Pool): AttemptLimits {
  const limiters = new Map(
    Object.entries(rules).map(([rule, { points, duration }]) => [
      rule,
      new RateLimiterPostgres({
        storeClient: unprepared(pool),
        storeType: 'pool',
        tableName: 'attempt_limits',
        tableCreated: true,
        keyPrefix: rule,
        points,
        duration,
      }),
    ]),
  )
  const each = (attempts: Attempts) =>
    Object.entries(attempts).map(([rule, parts]) => ({ limiter: limiters.get(rule), key: digest(parts) }))

  return {
    take: async (attempts) => {
      const waits = await Promise.all(
        each(attempts).map(({ limiter, key }) => limiter?.consume(key).then(noWait, wait)),
      )
      const longest = Math.max(0, ...waits.map((seconds) => seconds ?? 0))
      return longest === 0 ? undefined : longest
    },
    forget: async (attempts) => {
      await Promise.all(each(attempts).map(({ limiter, key }) => limiter?.delete(key)))
    },
  }
}

const noWait = (): undefined => undefined

/** The library rejects with its result when a limit is reached, and with an error when the database failed. */
function wait(reason: unknown): number {
  if (!(reason instanceof RateLimiterRes)) throw reason
  return Math.max(1, Math.ceil(reason.msBeforeNext / 1_000))
}

/** The library names its statements, and a named statement is lost behind a pooler in transaction mode. */
const unprepared = (pool: Pool) => ({
  query: ({ text, values }: { text: string; values?: unknown[] }) => pool.query({ text, ...(values && { values }) }),
})

/** Addresses are personal, and keys have a limit: only a digest is stored. */
const digest = (parts: readonly string[]): string => createHash('sha256').update(parts.join('\0')).digest('base64url')
