// Billing on a database of its own, with a sandbox whose network can be broken and a clock that can be moved.
import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { Stripe } from 'stripe'
import { readConfig } from '#src/config.ts'
import {
  agentAddonOffers,
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  installation,
  organization,
  tierMetricQuotas,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { createDeps } from '#src/deps.ts'
import type { Deps } from '#src/deps.ts'
import { settleCheckout, startCheckout } from '#src/features/billing/index.ts'
import type { Mail, MailMessage } from '#src/integrations/mail/index.ts'
import { apiVersion, createSandbox } from '#src/integrations/stripe/index.ts'
import type { Sandbox, SandboxOptions } from '#src/integrations/stripe/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

export const baseUrl = 'https://market.example'
const dayMs = 86_400_000

/** Breaks one call: `before` it reaches Stripe, or `after`, so that only its answer is lost. */
export interface Fault {
  readonly when: 'before' | 'after'
  /** Counted from 0, of the calls from now on that `isHit` is true for. */
  readonly at: number
  /** Left out: calls that write. */
  readonly isHit?: (call: string) => boolean
}

export interface Billing {
  readonly database: TestDatabase
  readonly deps: Deps
  readonly sandbox: Sandbox
  readonly stripe: Stripe
  /** What would have been sent. */
  readonly mails: MailMessage[]
  /** What Stripe was asked, such as `POST /v1/customers`, in order. */
  readonly calls: string[]
  /** Undefined heals the network. A fault happens once. */
  breakNetwork(fault: Fault | undefined): void
  now(): Promise<Date>
  /** Moves both clocks on, and lets happen what is due. */
  pass(time: { days?: number; seconds?: number }): Promise<void>
  addPerson(values?: Partial<typeof user.$inferInsert>): Promise<string>
  /** Of a publisher, with the metrics `messages` and `seats`, and one tier of each kind. */
  addAgent(): Promise<TestAgent>
  addTier(agent: AgentMetrics, tier: NewTier): Promise<string>
  addOffer(agent: AgentMetrics, offer?: Partial<typeof agentAddonOffers.$inferInsert>): Promise<string>
  /** By a checkout, as a person does; with the card of this number, one that works unless said. */
  subscribe(to: Subscribing): Promise<Subscribed>
  /** Saves one of the sandbox's cards for somebody, and makes it the one that pays. */
  addCard(customerId: string, card: string): Promise<string>
  subscription(id: string): Promise<typeof userAgentSubscriptions.$inferSelect>
  stop(): Promise<void>
}

export interface AgentMetrics {
  readonly agentId: string
  readonly metricIds: Readonly<Record<string, string>>
}

export interface TestAgent extends AgentMetrics {
  readonly slug: string
  readonly organizationId: string
  /** `monthly` €10, `pro` €30 a month, `yearly` €100, `trial` as `pro` with 14 days; more messages with each. */
  readonly tiers: Readonly<Record<'free' | 'monthly' | 'pro' | 'yearly' | 'trial', string>>
}

export interface Subscribing {
  readonly agent: Pick<TestAgent, 'slug'>
  readonly tierId: string
  /** Left out: a new person. */
  readonly userId?: string
  readonly card?: string
  readonly withTrial?: boolean
}

export interface Subscribed {
  readonly userId: string
  readonly subscriptionId: string
  readonly stripeSubscriptionId: string
  readonly customerId: string
}

export type NewTier = Partial<typeof agentPricingTiers.$inferInsert> & {
  /** By slug of the metric; null is unlimited. */
  readonly quotas?: Readonly<Record<string, number | null>>
}

type Options = Partial<Omit<SandboxOptions, 'pool' | 'baseUrl'>> & {
  /** Left out: a new one. */
  readonly database?: TestDatabase
}

export async function startBilling({ database: given, ...options }: Options = {}): Promise<Billing> {
  const database = given ?? (await createTestDatabase())
  const { db, pool } = database
  await db.update(installation).set({ environment: 'sandbox' })
  const faultsOfSandbox: unknown[] = []
  const sandbox = createSandbox({ pool, baseUrl, onError: (error) => faultsOfSandbox.push(error), ...options })
  const network = createNetwork(sandbox)
  const mails: MailMessage[] = []
  const stripe = createClient(network.fetch)
  const deps = createDeps(
    {
      config: readConfig({ PAYMENT_GRACE_DAYS: '7', RIALTO_LOG_LEVEL: 'silent' }),
      baseUrl,
      pool,
      log: pino({ level: 'silent' }),
      authSecret: 'a secret for tests that is long enough',
    },
    {
      db,
      mail: recordingMail(mails),
      payments: { environment: 'sandbox', stripe, webhookSecret: 'whsec_test', sandbox },
    },
  )

  const now = async (): Promise<Date> => {
    const { rows } = await pool.query<{ now: Date }>('SELECT rialto_now() AS now')
    return rows[0]?.now ?? new Date(Number.NaN)
  }
  const addPerson: Billing['addPerson'] = async (values = {}) => {
    const id = randomUUID()
    await db.insert(user).values({ id, name: 'Ada Lovelace', email: `${id}@example.com`, ...values })
    return id
  }
  const subscription: Billing['subscription'] = (id) =>
    only(db.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.id, id)))
  const addTier: Billing['addTier'] = async ({ agentId, metricIds }, { quotas = {}, ...values }) => {
    const price = values.price ?? 0
    const row = await only(
      db
        .insert(agentPricingTiers)
        .values({ tierName: 'Tier', currency: 'EUR', ...values, agentId, price, isFree: price === 0 })
        .returning(),
    )
    const limits = Object.entries(quotas).map(([slug, quotaLimit]) => ({
      tierId: row.id,
      metricId: metricIds[slug] ?? '',
      quotaLimit,
    }))
    if (limits.length > 0) await db.insert(tierMetricQuotas).values(limits)
    return row.id
  }

  return {
    database,
    deps,
    sandbox,
    stripe,
    mails,
    calls: network.calls,
    breakNetwork: network.breakAt,
    now,
    pass: async ({ days = 0, seconds = 0 }) => {
      const ms = Math.ceil(days * dayMs + seconds * 1000)
      await db.update(installation).set({ clockOffsetMs: sql`${installation.clockOffsetMs} + ${ms}` })
      await sandbox.advance()
    },
    addPerson,
    addAgent: async () => {
      const organizationId = randomUUID()
      const slug = `agent-${randomUUID()}`
      await db.insert(organization).values({ id: organizationId, name: 'Engines', slug, createdAt: new Date() })
      const row = await only(
        db
          .insert(agents)
          .values({ slug, name: 'Reader', status: 'published', publishedAt: new Date(), organizationId })
          .returning(),
      )
      const metrics = await db
        .insert(agentMetricDefinitions)
        .values([
          { agentId: row.id, slug: 'messages', displayName: 'Messages', unit: 'message' },
          { agentId: row.id, slug: 'seats', displayName: 'Seats', unit: 'seat', kind: 'gauge' },
        ])
        .returning()
      const agent = {
        agentId: row.id,
        metricIds: Object.fromEntries(metrics.map((metric) => [metric.slug, metric.id])),
      }
      const pro = { price: 3_000, quotas: { messages: 1_000 } }
      const tiers = {
        free: await addTier(agent, { tierName: 'Free', quotas: { messages: 10 } }),
        monthly: await addTier(agent, { tierName: 'Basic', price: 1_000, quotas: { messages: 100 } }),
        pro: await addTier(agent, { tierName: 'Pro', ...pro }),
        yearly: await addTier(agent, {
          tierName: 'Basic yearly',
          price: 10_000,
          billingInterval: 'year',
          quotas: { messages: 100 },
        }),
        trial: await addTier(agent, { tierName: 'Pro with trial', trialDays: 14, ...pro }),
      }
      return { ...agent, slug, organizationId, tiers }
    },
    addTier,
    addOffer: async ({ agentId, metricIds }, offer = {}) => {
      const row = await only(
        db
          .insert(agentAddonOffers)
          .values({
            agentId,
            metricId: metricIds['messages'] ?? '',
            displayName: '50 more messages',
            amount: 50,
            scope: 'one_cycle',
            price: 500,
            currency: 'EUR',
            ...offer,
          })
          .returning(),
      )
      return row.id
    },
    addCard: async (customer, card) => {
      const { id } = await stripe.paymentMethods.attach(card, { customer })
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
      return id
    },
    subscription,
    subscribe: async ({ agent, tierId, card = '4242424242424242', withTrial = false, userId }) => {
      const buyer = userId ?? (await addPerson())
      const started = await startCheckout(deps, { userId: buyer, agentSlug: agent.slug, tierId, withTrial })
      const paid = await sandbox.completeCheckout(started.url.split('/').at(-1) ?? '', {
        card: { number: card, expMonth: 12, expYear: 2060 },
        authentication: 'succeeded',
      })
      if (paid.kind !== 'complete') throw new Error(`The checkout came to ${paid.kind}`)
      const settled = await settleCheckout(deps, { intentId: started.intentId, userId: buyer })
      if (settled.kind !== 'done') throw new Error(`The purchase came to ${settled.kind}`)
      const row = await subscription(settled.subscriptionId)
      return {
        userId: buyer,
        subscriptionId: row.id,
        stripeSubscriptionId: row.stripeSubscriptionId ?? '',
        customerId: row.stripeCustomerId ?? '',
      }
    },
    stop: async () => {
      await database.drop()
      if (faultsOfSandbox.length > 0) throw new Error('The sandbox failed', { cause: faultsOfSandbox[0] })
    },
  }
}

interface Breaking<T> {
  /** Before the network is broken. */
  readonly begin: () => Promise<T>
  /** Again after it is healed, where it failed. */
  readonly verb: (begun: T) => Promise<unknown>
  readonly check: (begun: T) => Promise<void>
}

/**
 * Breaks the network at every write of a verb, each time with something new, before Stripe hears of it and after; then does it
 * again and checks. Resolves to how often it failed, always as `unavailable`.
 */
export async function atEveryBreak<T>(billing: Billing, { begin, verb, check }: Breaking<T>): Promise<number> {
  let failures = 0
  for (const when of ['before', 'after'] as const) {
    for (let at = 0; ; at += 1) {
      const begun = await begin()
      billing.breakNetwork({ when, at })
      const code = await verb(begun).then(
        () => undefined,
        (error: unknown) => (error as { code?: unknown }).code ?? error,
      )
      billing.breakNetwork(undefined)
      if (code !== undefined && code !== 'unavailable')
        throw new Error(`It failed otherwise at write ${at}`, { cause: code })
      await verb(begun)
      await check(begun)
      if (code === undefined) break
      failures += 1
    }
  }
  return failures
}

/** Without repetitions of the client's own: what a test breaks shall reach the code. */
function createClient(fetchLike: Sandbox['fetch']): Stripe {
  const httpClient = Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) =>
    fetchLike(new Request(input, init)),
  )
  return new Stripe('sk_test_sandbox', { apiVersion, maxNetworkRetries: 0, telemetry: false, httpClient })
}

function createNetwork(sandbox: Sandbox) {
  const calls: string[] = []
  let fault: Fault | undefined
  let seen = 0
  const isWrite = (call: string): boolean => !call.startsWith('GET ') && !call.endsWith('/create_preview')
  const isBroken = (call: string): boolean => {
    if (fault === undefined || !(fault.isHit ?? isWrite)(call)) return false
    seen += 1
    return seen === fault.at + 1
  }
  return {
    calls,
    breakAt: (next: Fault | undefined): void => {
      fault = next
      seen = 0
    },
    fetch: async (request: Request): Promise<Response> => {
      const call = `${request.method} ${new URL(request.url).pathname}`
      calls.push(call)
      if (!isBroken(call)) return sandbox.fetch(request)
      if (fault?.when === 'after') await sandbox.fetch(request)
      throw new TypeError('The network is broken on purpose')
    },
  }
}

const recordingMail = (mails: MailMessage[]): Mail => ({
  enqueue: async (message) => void mails.push(message),
  start: async () => {},
  stop: () => {},
  failed: async () => [],
  forget: async () => {},
})

async function only<T>(rows: PromiseLike<T[]>): Promise<T> {
  const [row] = await rows
  if (row === undefined) throw new Error('There is no such row')
  return row
}
