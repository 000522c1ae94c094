// A whole marketplace, to which events are sent as Stripe sends them: signed, over HTTP.
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { Stripe } from 'stripe'
import type { Deps } from '#src/deps.ts'
import { apiVersion } from '#src/integrations/stripe/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

export interface Sending {
  readonly secret?: string
  /** In seconds, from now. */
  readonly stampedIn?: number
  readonly header?: string
}

export interface StoredEvent {
  readonly id: string
  readonly stripe_event_id: string
  readonly type: string
  readonly livemode: boolean
  readonly payload: Record<string, unknown>
  readonly attempts: number
  readonly processed_at: Date | null
  readonly error_message: string | null
  readonly outcome: string | null
}

export interface Endpoint extends TestServer {
  readonly url: string
  /** Everything that was logged so far. */
  logged(): string
  send(body: string, sending?: Sending): Promise<Response>
  stored(stripeEventId: string): Promise<StoredEvent | undefined>
  /** Jobs of an event that are not over. */
  waitingJobs(rowId: string): Promise<number>
  /** Waits until it was processed, ten seconds at most. */
  processed(stripeEventId: string): Promise<StoredEvent>
  addCustomer(stripeCustomerId: string): Promise<{ userId: string }>
}

export async function startEndpoint(
  overrides: Partial<Deps> = {},
  options: Omit<Parameters<typeof startTestServer>[0], 'overrides'> = {},
): Promise<Endpoint> {
  const lines: string[] = []
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(chunk.toString())
      done()
    },
  })
  const server = await startTestServer({ ...options, overrides: { log: pino({ level: 'debug' }, sink), ...overrides } })
  const { deps, origin } = server
  const url = `${origin}/api/webhooks/stripe`
  const stored = async (stripeEventId: string): Promise<StoredEvent | undefined> => {
    const { rows } = await deps.pool.query<StoredEvent>('SELECT * FROM stripe_events WHERE stripe_event_id = $1', [
      stripeEventId,
    ])
    return rows[0]
  }
  return {
    ...server,
    url,
    logged: () => lines.join(''),
    send: async (body, sending = {}) =>
      fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': sending.header ?? signatureOf(body, { secret: deps.payments.webhookSecret, ...sending }),
        },
      }),
    stored,
    waitingJobs: async (rowId) => {
      const { rows } = await deps.pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pgboss.job
          WHERE name = 'stripe-events' AND singleton_key = $1 AND state <= 'active'`,
        [rowId],
      )
      return rows[0]?.count ?? 0
    },
    processed: async (stripeEventId) => {
      const deadline = Date.now() + 10_000
      for (;;) {
        const event = await stored(stripeEventId)
        if (event?.processed_at) return event
        if (Date.now() > deadline) throw new Error(`Not processed: ${JSON.stringify(event)}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    addCustomer: async (stripeCustomerId) => {
      const userId = crypto.randomUUID()
      await deps.pool.query(
        `INSERT INTO "user" (id, name, email, email_verified, created_at, updated_at)
         VALUES ($1, 'Ada Lovelace', $2, true, now(), now())`,
        [userId, `${userId}@example.com`],
      )
      await deps.pool.query('INSERT INTO billing_customers (user_id, stripe_customer_id) VALUES ($1, $2)', [
        userId,
        stripeCustomerId,
      ])
      return { userId }
    },
  }
}

interface Signing {
  readonly secret: string
  readonly stampedIn?: number
}

/** What Stripe would send along. */
export function signatureOf(body: string, { secret, stampedIn = 0 }: Signing): string {
  return Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret,
    timestamp: Math.floor(Date.now() / 1000) + stampedIn,
  })
}

export interface EventInput {
  readonly id?: string
  readonly type?: string
  readonly object?: Record<string, unknown>
  readonly changes?: Record<string, unknown>
}

/** An event as Stripe writes it; `changes` replace whatever it says. */
export function eventOf({ id = newEventId(), type = 'customer.updated', object, changes = {} }: EventInput = {}) {
  return {
    id,
    object: 'event',
    api_version: apiVersion,
    created: Math.floor(Date.now() / 1000),
    data: { object: object ?? { id: 'cus_stranger', object: 'customer', email: 'stranger@example.com', metadata: {} } },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...changes,
  }
}

export const newEventId = (): string => `evt_${crypto.randomUUID().replaceAll('-', '')}`
