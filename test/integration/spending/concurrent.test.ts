// Whatever is bought at the same moment, in whatever month: no month's charges ever pass a cap. Real PostgreSQL, and the sandbox.
import { setTimeout } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { billingEntries, billingIntents, userAgentSubscriptions } from '#src/db/schema/index.ts'
import {
  buyAddon,
  cancelPlan,
  commitChange,
  refundInvoice,
  resumePlan,
  settleCheckout,
  startCheckout,
} from '#src/features/billing/index.ts'
import { sweep } from '#src/features/billing/reconcile/sweep.ts'
import { holdAgainstCaps, readSpending, setCap } from '#src/features/spending/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { startBilling } from '../billing/harness.ts'
import type { Billing, TestAgent } from '../billing/harness.ts'

let billing: Billing
let agents: (TestAgent & { once: string; monthly: string })[]
beforeAll(async () => {
  billing = await startBilling()
  agents = []
  for (let count = 0; count < 3; count += 1) {
    const agent = await billing.addAgent()
    const again = { displayName: 'More', scope: 'permanent', billingInterval: 'month', price: 450 } as const
    agents.push({
      ...agent,
      once: await billing.addOffer(agent),
      monthly: await billing.addOffer(agent, again),
    })
  }
})
afterAll(() => billing.stop())

const one = <const T>(...values: T[]) => fc.constantFrom(...values)
const at = fc.nat(2)
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: one('subscribe'), at, tier: one('monthly', 'pro', 'trial', 'yearly') }) },
  { weight: 4, arbitrary: fc.record({ kind: one('once', 'monthly'), at }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: one('change'), at, tier: one('monthly', 'pro', 'trial', 'yearly', 'free') }),
  },
  { weight: 2, arbitrary: fc.record({ kind: one('open', 'cancel', 'resume', 'refund'), at }) },
  { weight: 1, arbitrary: fc.record({ kind: one('cap'), minor: one(1_000, 2_500, 4_000, 12_000) }) },
)
type Act = (typeof act extends fc.Arbitrary<infer T> ? T : never) & {}
const round = fc.record({ acts: fc.array(act, { minLength: 3, maxLength: 4 }), hours: one(0, 1, 26, 24 * 9, 24 * 30) })
const life = fc.record({ capMinor: one(1_500, 3_500, 11_000), rounds: fc.array(round, { minLength: 6, maxLength: 6 }) })

interface Living {
  readonly userId: string
  readonly refused: { count: number }
  /** The highest cap that held in each month. */
  readonly limits: Map<string, number>
  capMinor: number
}

async function perform(living: Living, action: Act): Promise<unknown> {
  const { userId } = living
  const { deps } = billing
  if (action.kind === 'cap') {
    const { amount } = await setCap(deps, { userId, agentId: undefined, amountMinor: action.minor, currency: 'EUR' })
    await noteLimit(living)
    living.capMinor = amount
    return noteLimit(living)
  }
  const agent = agents[action.at]
  if (agent === undefined) throw new Error('There is no such agent')
  if (action.kind === 'subscribe' || action.kind === 'open') {
    const tier = 'tier' in action ? action.tier : 'monthly'
    const start = { userId, agentSlug: agent.slug, tierId: agent.tiers[tier], withTrial: tier === 'trial' }
    const { intentId, url } = await startCheckout(deps, start)
    if (action.kind === 'open') return intentId
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2060 }
    await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', { card, authentication: 'succeeded' })
    return settleCheckout(deps, { intentId, userId })
  }
  const subscriptions = await deps.db
    .select()
    .from(userAgentSubscriptions)
    .where(eq(userAgentSubscriptions.userId, userId))
  const which = { subscriptionId: subscriptions.find((row) => row.agentId === agent.agentId)?.id, userId }
  if (which.subscriptionId === undefined) return undefined
  const own = { userId, subscriptionId: which.subscriptionId }
  switch (action.kind) {
    case 'once':
    case 'monthly':
      return buyAddon(deps, { ...own, offerId: agent[action.kind] })
    case 'change':
      return commitChange(deps, { ...own, tierId: agent.tiers[action.tier] })
    case 'cancel':
      return cancelPlan(deps, own)
    case 'resume':
      return resumePlan(deps, own)
    case 'refund':
      return refundLast(own)
  }
}

async function refundLast({ userId, subscriptionId }: { userId: string; subscriptionId: string }): Promise<unknown> {
  const charges = (await entriesOf(userId)).filter((entry) => entry.subscriptionRef === subscriptionId)
  const stripeInvoiceId = charges.findLast(({ kind }) => kind === 'charge')?.stripeObjectId
  if (!stripeInvoiceId) return undefined
  const refund = { operatorId: userId, reason: 'Asked for', isPreview: false, subscriptionId, stripeInvoiceId }
  return refundInvoice(billing.deps, refund)
}

const entriesOf = (userId: string) =>
  billing.database.db
    .select()
    .from(billingEntries)
    .where(eq(billingEntries.subjectHash, billing.deps.subjectHash(`person:${userId}`)))
    .orderBy(billingEntries.seq)

const monthOf = (at: Date): string => at.toISOString().slice(0, 7)

async function noteLimit({ limits, capMinor }: Living): Promise<void> {
  const month = monthOf(await billing.now())
  limits.set(month, Math.max(limits.get(month) ?? 0, capMinor))
}

const expected = new Set([
  'already_subscribed',
  'trial_used',
  'tier_not_on_offer',
  'payment_required',
  'conflict',
  'invalid_request',
  'spend_cap_reached',
  'spend_cap_too_low',
])

/** What the months have come to by the entries, at the most. */
async function checkMonths({ userId, limits }: Living): Promise<number> {
  const monthOfCharge = new Map<string, string>()
  const sums = new Map<string, number>()
  const entries = await entriesOf(userId)
  for (const { kind, amount, metadata, stripeObjectId, occurredAt } of entries) {
    const charge = kind === 'charge' ? (stripeObjectId ?? '') : String(metadata['charge'])
    if (kind === 'charge') monthOfCharge.set(charge, monthOf(new Date(String(metadata['billedAt'] ?? occurredAt))))
    const month = monthOfCharge.get(charge) ?? ''
    const sum = (sums.get(month) ?? 0) + amount
    sums.set(month, sum)
    expect(sum, `${month} of ${userId}: ${JSON.stringify(entries)}`).toBeLessThanOrEqual(limits.get(month) ?? 0)
  }
  const month = monthOf(await billing.now())
  const { all, charged } = await readSpending(billing.deps, { userId })
  expect(all.spentMinor).toBe(sums.get(month) ?? 0)
  expect(charged.reduce((sum, line) => sum + line.amountMinor - line.givenBackMinor, 0)).toBe(all.spentMinor)
  return entries.length
}

async function live({ capMinor, rounds }: typeof life extends fc.Arbitrary<infer T> ? T : never) {
  const userId = await billing.addPerson()
  const living: Living = { userId, capMinor, limits: new Map(), refused: { count: 0 } }
  await setCap(billing.deps, { userId, agentId: undefined, amountMinor: capMinor, currency: 'EUR' })
  let entries = 0
  for (const { acts, hours } of rounds) {
    await noteLimit(living)
    const outcomes = await Promise.allSettled(acts.map((action) => perform(living, action)))
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      const { reason } = outcome
      if (!(reason instanceof AppError) || !expected.has(reason.code)) throw reason
      if (reason.code === 'spend_cap_reached') living.refused.count += 1
    }
    // Each month that time passes through has the cap that holds then.
    for (let left = hours; left > 0; left -= 24 * 9) {
      await billing.pass({ seconds: Math.min(left, 24 * 9) * 3_600 })
      await noteLimit(living)
    }
    await sweep(billing.deps, { settledSeconds: 0 })
    entries = await checkMonths(living)
  }
  return { entries, refused: living.refused.count }
}

test('whatever is bought at once and renews later, no month passes the cap', { timeout: 120_000 }, async () => {
  const lived: { entries: number; refused: number }[] = []
  for (const one of fc.sample(life, { numRuns: 4, seed: 11 })) lived.push(await live(one))
  const total = (of: 'entries' | 'refused'): number => lived.reduce((sum, each) => sum + each[of], 0)
  // It was bought, and it was stopped.
  expect(total('entries')).toBeGreaterThan(8)
  expect(total('refused')).toBeGreaterThan(8)
})

test('of purchases at the same moment, at whichever agents, as many go through as there is room for', async () => {
  const userId = await billing.addPerson()
  const bought: { subscriptionId: string; offerId: string }[] = []
  for (const agent of agents) {
    const { subscriptionId } = await billing.subscribe({ userId, agent, tierId: agent.tiers.monthly })
    bought.push({ subscriptionId, offerId: agent.once })
  }
  for (const [rooms, amountMinor] of [
    [1, 3_700],
    [2, 4_500],
  ] as const) {
    await setCap(billing.deps, { userId, agentId: undefined, amountMinor, currency: 'EUR' })
    const outcomes = await Promise.allSettled(bought.map((which) => buyAddon(billing.deps, { userId, ...which })))
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(refusals).toHaveLength(bought.length - rooms)
    expect(refusals).toMatchObject(refusals.map(() => ({ code: 'spend_cap_reached' })))
  }
  expect(await readSpending(billing.deps, { userId })).toMatchObject({ all: { spentMinor: 4_500, roomMinor: 0 } })
})

test('a purchase waits for another one that is being written down, and then sees it', async () => {
  const { db } = billing.deps
  const [agent] = agents
  if (agent === undefined) throw new Error('There is no agent')
  const userId = await billing.addPerson()
  await setCap(billing.deps, { userId, agentId: undefined, amountMinor: 500, currency: 'EUR' })
  const costs = { currency: 'EUR', dueMinor: 400, renewals: { kind: 'same' } } as const
  const purchase = { userId, agentId: agent.agentId, costs, openSeconds: 60 }
  const [written, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const first = db.transaction(async (tx) => {
    const claim = await holdAgainstCaps(tx, billing.deps, purchase)
    const intent = { kind: 'addon', userId, agentId: agent.agentId, claim, expiresAt: new Date() } as const
    await tx.insert(billingIntents).values(intent)
    written.resolve()
    await finish.promise
  })
  await written.promise
  const second = db.transaction((tx) => holdAgainstCaps(tx, billing.deps, purchase))
  const outcome = second.catch((error: unknown) => error)
  await waitsForLock(userId)
  finish.resolve()
  await first
  expect(await outcome).toMatchObject({ code: 'spend_cap_reached', details: { reservedMinor: 400 } })
})

/** Until somebody waits for who is writing. */
async function waitsForLock(userId: string): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    const { rowCount } = await billing.database.pool.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    )
    if ((rowCount ?? 0) > 0) return
    await setTimeout(10)
  }
  throw new Error(`Nobody waits for ${userId}`)
}
