// Webhooks: signed as Stripe signs them, posted to a URL, tried again for three days.
import type { Pool } from 'pg'
import type { Stripe } from 'stripe'

type Sign = Stripe['webhooks']['generateTestHeaderStringAsync']

/** What a network does to webhooks, on request: shares from 0 to 1. */
export interface Disorder {
  /** From 0 up to, and not with, 1. */
  readonly random: () => number
  /** Sent twice. */
  readonly duplicated?: number
  /** Never sent; Stripe would call these failed. */
  readonly dropped?: number
  /** In any order. */
  readonly isShuffled?: boolean
  /** Each first attempt waits up to this long. */
  readonly delaySecondsMax?: number
}

export interface DeliveryInput {
  readonly pool: Pool
  readonly sign: Sign
  readonly url: string
  readonly secret: string
  readonly fetch: typeof fetch
  /** Events of one call. */
  readonly limit?: number
  readonly disorder?: Disorder | undefined
}

export interface DeliveryResult {
  readonly delivered: number
  readonly failed: number
  /** Put off on request, or for another call because of the limit. */
  readonly waiting: number
}

const limitDefault = 100
const answerMs = 10_000
/** Longer than an answer may take, so that nobody else sends the same event meanwhile. */
const leaseSeconds = 60
const firstRetrySeconds = 10
const retrySecondsMax = 12 * 3_600
/** Doubling from ten seconds to half a day and then each half a day, these take about three days. */
const attemptsMax = 18

interface Claimed {
  event_id: string
  attempts: number
  doc: object
}

/** Sends what is due. Any number of processes may call it: each event is claimed for a minute. */
export async function deliver(input: DeliveryInput): Promise<DeliveryResult> {
  const { pool, disorder, limit = limitDefault } = input
  const claimed = await claim(pool, limit)
  let delivered = 0
  let failed = 0
  let putOff = 0
  for (const event of arranged(claimed, disorder)) {
    const wait = event.attempts === 1 ? Math.floor((disorder?.delaySecondsMax ?? 0) * (disorder?.random() ?? 0)) : 0
    if (chance(disorder, disorder?.dropped)) {
      failed += 1
      await giveUp(pool, event)
    } else if (wait > 0) {
      putOff += 1
      await tryAgain(pool, event, wait)
    } else if (await post(input, event)) {
      if (chance(disorder, disorder?.duplicated)) await post(input, event)
      delivered += 1
      await confirm(pool, event)
    } else {
      failed += 1
      if (event.attempts >= attemptsMax) await giveUp(pool, event)
      else await tryAgain(pool, event, Math.min(firstRetrySeconds * 2 ** (event.attempts - 1), retrySecondsMax))
    }
  }
  return { delivered, failed, waiting: putOff + (await countDue(pool)) }
}

async function claim(pool: Pool, limit: number): Promise<Claimed[]> {
  const { rows } = await pool.query<Claimed>(
    `WITH due AS (
       SELECT event_id FROM stripe_sandbox.deliveries WHERE next_attempt_at <= now()
       ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE stripe_sandbox.deliveries SET attempts = attempts + 1, next_attempt_at = now() + $2 * interval '1 second'
       FROM due WHERE deliveries.event_id = due.event_id RETURNING deliveries.event_id, attempts, seq
     )
     SELECT event_id, attempts, doc FROM claimed JOIN stripe_sandbox.objects ON id = event_id ORDER BY claimed.seq`,
    [limit, leaseSeconds],
  )
  return rows
}

function arranged(events: readonly Claimed[], disorder: Disorder | undefined): readonly Claimed[] {
  if (disorder?.isShuffled !== true) return events
  return events
    .map((event) => ({ event, order: disorder.random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ event }) => event)
}

const chance = (disorder: Disorder | undefined, share = 0): boolean =>
  disorder !== undefined && share > 0 && disorder.random() < share

/** True: taken with 2xx. */
async function post({ sign, url, secret, fetch }: DeliveryInput, { doc }: Claimed): Promise<boolean> {
  const payload = JSON.stringify(doc)
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: payload,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': await sign({ payload, secret }),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    // Not reached or too slow is a failed attempt like any other; the next one is planned by the caller.
    return false
  }
}

async function confirm(pool: Pool, { event_id: id }: Claimed): Promise<void> {
  await pool.query(
    `WITH done AS (UPDATE stripe_sandbox.deliveries SET next_attempt_at = NULL WHERE event_id = $1)
     UPDATE stripe_sandbox.objects SET doc = jsonb_set(doc, '{pending_webhooks}', '0') WHERE id = $1`,
    [id],
  )
}

async function tryAgain(pool: Pool, { event_id: id }: Claimed, seconds: number): Promise<void> {
  await pool.query(
    `UPDATE stripe_sandbox.deliveries SET next_attempt_at = now() + $2 * interval '1 second' WHERE event_id = $1`,
    [id, seconds],
  )
}

async function giveUp(pool: Pool, { event_id: id }: Claimed): Promise<void> {
  await pool.query('UPDATE stripe_sandbox.deliveries SET next_attempt_at = NULL WHERE event_id = $1', [id])
}

/** Both only where the sandbox is in use. */
export async function isDeliveryDue(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    'SELECT FROM stripe_sandbox.deliveries WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT 1',
  )
  return rowCount === 1
}

export async function countUndelivered(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int FROM stripe_sandbox.deliveries WHERE next_attempt_at IS NOT NULL',
  )
  return rows[0]?.count ?? 0
}

async function countDue(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ due: number }>(
    'SELECT count(*)::int AS due FROM stripe_sandbox.deliveries WHERE next_attempt_at <= now()',
  )
  return rows[0]?.due ?? 0
}
