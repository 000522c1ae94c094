// Events as Stripe sends them: signed, about customers of ours.
import { createHmac } from 'node:crypto'
import { Pool } from 'pg'
import { apiVersion, createPayments } from '#src/integrations/stripe/index.ts'
import { storedSecret } from '#src/identity/stored-secret.ts'
import type { Load } from '../metering/generator.ts'

const customers = 100
const path = '/api/webhooks/stripe'

interface Place {
  readonly databaseUrl: string
  readonly dataDir: string
}

export interface Intake {
  readonly request: Load['request']
  /** What one of them says, as text. */
  readonly sample: string
  /** How many were kept, and how many jobs wait for them. */
  counts(): Promise<{ readonly events: number; readonly jobs: number }>
  close(): Promise<void>
}

/** People whose customers the events are about; signed by the secret of the server that runs in this folder. */
export async function openIntake({ databaseUrl, dataDir }: Place): Promise<Intake> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 })
  await pool.query(
    `INSERT INTO "user" (id, name, email) SELECT 'bench-' || n, 'Bench', 'bench-' || n || '@example.com' FROM generate_series(1, $1) n`,
    [customers],
  )
  await pool.query(
    `INSERT INTO billing_customers (user_id, stripe_customer_id) SELECT 'bench-' || n, 'cus_bench' || n FROM generate_series(1, $1) n`,
    [customers],
  )
  const authSecret = await storedSecret(dataDir)
  const { webhookSecret } = createPayments({ stripe: undefined, pool, baseUrl: '', authSecret, onError: () => {} })
  return {
    request: (number) => {
      const body = eventText(number)
      const time = Math.floor(Date.now() / 1000)
      const signature = createHmac('sha256', webhookSecret).update(`${time}.${body}`).digest('hex')
      return { path, body, headers: { 'Stripe-Signature': `t=${time},v1=${signature}` } }
    },
    sample: eventText(0),
    counts: async () => {
      const { rows } = await pool.query<{ events: number; jobs: number }>(`
        SELECT (SELECT count(*)::int FROM stripe_events WHERE NOT is_reduced AND stripe_event_id LIKE 'evt%') AS events,
          (SELECT count(*)::int FROM pgboss.job WHERE name = 'stripe-events') AS jobs`)
      return rows[0] ?? { events: 0, jobs: 0 }
    },
    close: () => pool.end(),
  }
}

/** About 2.5 kB, as a subscription's events are. */
function eventText(number: number): string {
  const customer = `cus_bench${1 + (number % customers)}`
  const item = (place: number) => ({
    id: `si_${place}`,
    object: 'subscription_item',
    current_period_end: 1_798_000_000,
    current_period_start: 1_795_000_000,
    metadata: {},
    price: {
      id: `price_${place}`,
      object: 'price',
      currency: 'eur',
      unit_amount: 1_900,
      recurring: { interval: 'month' },
    },
    quantity: 1,
  })
  return JSON.stringify({
    id: `evt_${crypto.randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: apiVersion,
    created: 1_795_000_000,
    data: {
      object: {
        id: `sub_bench${number}`,
        object: 'subscription',
        customer,
        status: 'active',
        description: 'x'.repeat(1_000),
        items: { object: 'list', data: [item(1), item(2), item(3)] },
        metadata: { rialto: 'subscription', rialto_intent: crypto.randomUUID() },
      },
      previous_attributes: { status: 'trialing' },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'customer.subscription.updated',
  })
}
