// A metered agent with its backend's token, and people who subscribed to it.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import {
  agentMetricDefinitions,
  agentPricingTiers,
  subscriptionAddons,
  tierMetricQuotas,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { addAgent } from '#test/integration/oauth/market.ts'
import type { TestAgent } from '#test/integration/oauth/market.ts'

/** A server, in this process or in another. */
export interface Market {
  readonly origin: string
  readonly deps: Pick<Deps, 'db'>
}

export interface MeteredAgent extends TestAgent {
  readonly tierId: string
  /** By slug. */
  readonly metricIds: Readonly<Record<string, string>>
  /** The backend's own access token. */
  readonly token: string
}

interface MetricSetting {
  readonly kind?: 'counter' | 'gauge'
  /** Null: unlimited. Left out: not included. */
  readonly quota?: number | null
  readonly thresholds?: number[]
}

/** A free tier and these metrics; without any, `messages` with a quota of 100. */
export async function addMeteredAgent(
  server: Market,
  metrics: Readonly<Record<string, MetricSetting>> = { messages: { quota: 100 } },
): Promise<MeteredAgent> {
  const { db } = server.deps
  const agent = await addAgent(server)
  const [tier] = await db
    .insert(agentPricingTiers)
    .values({ agentId: agent.id, tierName: 'Free', isFree: true, price: 0 })
    .returning()
  if (tier === undefined) throw new Error('The tier was not inserted')
  const metricIds: Record<string, string> = {}
  for (const [slug, { kind = 'counter', quota, thresholds }] of Object.entries(metrics)) {
    const [metric] = await db
      .insert(agentMetricDefinitions)
      .values({ agentId: agent.id, slug, displayName: slug, unit: 'unit', kind, ...(thresholds && { thresholds }) })
      .returning()
    if (metric === undefined) throw new Error('The metric was not inserted')
    metricIds[slug] = metric.id
    if (quota !== undefined)
      await db.insert(tierMetricQuotas).values({ tierId: tier.id, metricId: metric.id, quotaLimit: quota })
  }
  return { ...agent, tierId: tier.id, metricIds, token: await backendToken(server, agent) }
}

/** An access token of the agent's backend, by client_credentials. */
export async function backendToken(
  { origin }: Market,
  { clientId, clientSecret }: Pick<TestAgent, 'clientId' | 'clientSecret'>,
  scope = 'usage:read usage:write',
): Promise<string> {
  const response = await fetch(`${origin}/api/auth/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: `${origin}/api` }),
  })
  const body = (await response.json()) as { access_token?: string }
  if (body.access_token === undefined) throw new Error(`The token endpoint answered ${JSON.stringify(body)}`)
  return body.access_token
}

export interface Subscriber {
  readonly userId: string
  readonly subscriptionId: string
}

type SubscriptionValues = Partial<typeof userAgentSubscriptions.$inferInsert>

/** Somebody with a live subscription to the agent's tier. */
export async function addSubscriber(
  { deps }: Market,
  agent: Pick<MeteredAgent, 'id' | 'tierId'>,
  values: SubscriptionValues = {},
): Promise<Subscriber> {
  const userId = values.userId ?? (await addPerson(deps.db))
  const [subscription] = await deps.db
    .insert(userAgentSubscriptions)
    .values({ userId, agentId: agent.id, tierId: agent.tierId, status: 'active', ...values })
    .returning()
  if (subscription === undefined) throw new Error('The subscription was not inserted')
  return { userId, subscriptionId: subscription.id }
}

export async function addPerson(db: Market['deps']['db']): Promise<string> {
  const id = randomUUID()
  await db.insert(user).values({ id, name: 'Ada', email: `${id}@example.com` })
  return id
}

interface AddonValues {
  readonly subscriptionId: string
  readonly metricId: string
  readonly amount: number
  readonly scope?: 'one_cycle' | 'permanent'
  readonly source?: 'admin_grant' | 'purchased'
}

export async function addAddon({ deps }: Market, values: AddonValues): Promise<string> {
  const [addon] = await deps.db
    .insert(subscriptionAddons)
    .values({ scope: 'permanent', source: 'admin_grant', reason: 'test', ...values })
    .returning()
  if (addon === undefined) throw new Error('The add-on was not inserted')
  return addon.id
}

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

/** A call to the API with a token. */
export async function call(
  { origin }: Pick<Market, 'origin'>,
  { token, path, body, method = 'POST' }: { token?: string; path: string; body?: unknown; method?: string },
): Promise<Answered> {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answered['body'] }
}

/** Every counter whose `used` is not the sum of its ledger entries: none, whatever happened. */
export async function drift({ deps }: Market): Promise<readonly unknown[]> {
  const { rows } = await deps.db.execute(sql`
    SELECT counter.subscription_id, counter.metric_id, counter.used, entries.total
    FROM subscription_usage AS counter
      LEFT JOIN LATERAL (
        SELECT coalesce(sum(entry.delta), 0) AS total FROM usage_ledger AS entry
        WHERE entry.subscription_id = counter.subscription_id AND entry.metric_id = counter.metric_id
          AND coalesce(entry.period_start, '1970-01-01T00:00:00Z') = counter.period_start
      ) AS entries ON true
    WHERE counter.used <> entries.total`)
  return rows
}
