// How a new version of a tier reaches those who have an older one.
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditLogs, outboxEvents, user, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { createMetric } from '#src/features/pricing/metrics/create-metric.ts'
import { newMetricSchema, newTierSchema } from '#src/features/pricing/schema.ts'
import type { NewTier, Tier } from '#src/features/pricing/schema.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { editTier } from '#src/features/pricing/tiers/edit-tier.ts'
import { setQuotas } from '#src/features/pricing/tiers/set-quotas.ts'
import { scheduleMoves } from '#src/features/pricing/versions/schedule-moves.ts'
import { switchTier } from '#src/features/subscriptions/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addPublisher, subscribe } from './publisher.ts'
import type { TestPublisher } from './publisher.ts'

let server: TestServer
let by: TestPublisher
beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  // 20 January 2040, noon: the notice ends on 3 February, noon.
  await server.deps.db.execute(sql`
    UPDATE installation SET environment = 'sandbox',
      clock_offset_ms = extract(epoch FROM timestamptz '2040-01-20T12:00:00Z' - now()) * 1000`)
})
afterAll(() => server.stop())
beforeEach(async () => {
  by = await addPublisher(server.deps.db)
  for (const slug of ['messages', 'tokens']) {
    await createMetric(server.deps, { by, metric: newMetricSchema.parse({ slug, displayName: slug, unit: 'unit' }) })
  }
})

const add = (tier: Partial<NewTier> = {}) =>
  createTier(server.deps, {
    by,
    tier: newTierSchema.parse({
      tierName: crypto.randomUUID(),
      priceMinor: 1_900,
      currency: 'EUR',
      quotas: [{ metric: 'messages', limit: 100 }],
      ...tier,
    }),
  })

const lower = (tier: Tier, limit: number) =>
  setQuotas(server.deps, { by, tierId: tier.id, edit: { quotas: [{ metric: 'messages', limit }] } })
const reprice = (tier: Tier, priceMinor: number) => editTier(server.deps, { by, tierId: tier.id, edit: { priceMinor } })

type Columns = Partial<typeof userAgentSubscriptions.$inferInsert>
const paid = (from: string, until: string): Columns => ({
  periodAnchor: new Date(from),
  currentPeriodStart: new Date(from),
  currentPeriodEnd: new Date(until),
})

async function has(tier: Tier, columns: Columns = paid('2040-01-10T09:00Z', '2040-02-10T09:00Z')): Promise<string> {
  return subscribe(server.deps.db, { ...columns, agentId: by.agentId, tierId: tier.id })
}

async function read(id: string) {
  const [row] = await server.deps.db.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.id, id))
  if (row === undefined) throw new Error('There is no such subscription')
  return row
}

/** Mails in the queue for the person of this subscription. */
async function mailsFor(id: string): Promise<readonly { readonly subject: string; readonly text: string }[]> {
  const { db } = server.deps
  const { userId } = await read(id)
  const [person] = await db.select().from(user).where(eq(user.id, userId))
  const { rows } = await db.execute(sql`
    SELECT data->>'subject' AS subject, data->>'text' AS text FROM pgboss.job
    WHERE name = 'mail' AND data->>'template' = 'tier-changes' AND data->>'to' = ${person?.email} ORDER BY created_on`)
  return rows as unknown as { subject: string; text: string }[]
}

describe('the first period after 14 days of notice', () => {
  const yearly = { billingInterval: 'year' } as const
  const oneYear = paid('2039-07-15T08:00Z', '2040-07-15T08:00Z')
  test.each([
    ['a paid month that ends late enough', {}, paid('2040-01-10T09:00Z', '2040-02-10T09:00Z'), '2040-02-10T09:00'],
    ['a paid month that ends too early', {}, paid('2039-12-25T09:00Z', '2040-01-25T09:00Z'), '2040-02-25T09:00'],
    [
      'a free tier from a month’s last day',
      { priceMinor: 0 },
      paid('2039-12-31T10:00Z', '2040-01-31T10:00Z'),
      '2040-02-29T10:00',
    ],
    ['a year with a quota each month', yearly, oneYear, '2040-02-15T08:00'],
    ['a year with a quota each year', { ...yearly, usageInterval: 'year' } as const, oneYear, '2040-07-15T08:00'],
  ] as const)('of a quota: %s', async (_name, tier, columns, expected) => {
    const first = await add(tier)
    const subscription = await has(first, columns)
    const second = await lower(first, 50)
    await scheduleMoves(server.deps)
    const row = await read(subscription)
    expect(row).toMatchObject({ tierId: first.id, nextTierId: second.id })
    expect(row.nextTierAt?.toISOString().slice(0, 16)).toBe(expected)
  })

  test('of a price is a billing period: who has paid for a year keeps its price for that year', async () => {
    const first = await add(yearly)
    const subscription = await has(first, oneYear)
    await reprice(first, 2_900)
    await scheduleMoves(server.deps)
    expect((await read(subscription)).nextTierAt).toEqual(oneYear.currentPeriodEnd)
  })
})

test('until that moment the old quota counts, from then on the new one', async () => {
  const first = await add({ priceMinor: 0 })
  const id = await has(first)
  await lower(first, 50)
  await scheduleMoves(server.deps)
  const { userId, nextTierAt } = await read(id)
  const limitAt = async (moment: Date) => {
    const { rows } = await server.deps.db.execute(sql`
      SELECT limit_at FROM usage_entitlements(${moment.toISOString()}::timestamptz, interval '7 days', ARRAY[${userId}],
        ARRAY[${by.agentId}]::uuid[], ARRAY['messages'])`)
    return Number(rows[0]?.['limit_at'])
  }
  const moment = nextTierAt ?? new Date(Number.NaN)
  expect(await limitAt(new Date(+moment - 1))).toBe(100)
  expect(await limitAt(moment)).toBe(50)
})

test('everybody is told what changes, for whom and when, in the mail, the outbox and the audit trail', async () => {
  const first = await add()
  const id = await has(first)
  await lower(first, 50)
  const second = await reprice(first, 2_900)
  await scheduleMoves(server.deps)
  const mails = await mailsFor(id)
  expect(mails).toHaveLength(1)
  expect(mails[0]?.subject).toContain('From 2040-02-10')
  expect(mails[0]?.text).toContain('It costs €29.00 per month instead of €19.00 per month.')
  expect(mails[0]?.text).toContain('messages: 50 instead of 100.')
  expect(mails[0]?.text).toContain(`${server.origin}/agents/${by.slug}`)
  const { db } = server.deps
  expect(await db.select().from(outboxEvents).where(eq(outboxEvents.subject, id))).toMatchObject([
    { type: 'subscription.tier_version_scheduled', payload: { nextTierId: second.id, tierId: first.id } },
  ])
  expect(await db.select().from(auditLogs).where(eq(auditLogs.resourceId, id))).toMatchObject([
    { action: 'subscription.schedule_version', metadata: { from: first.id, to: second.id } },
  ])
})

test('another run changes nothing and tells nobody again', async () => {
  const first = await add()
  const id = await has(first)
  await lower(first, 50)
  expect(await scheduleMoves(server.deps)).toBe(1)
  const before = await read(id)
  expect(await scheduleMoves(server.deps)).toBe(0)
  expect(await read(id)).toEqual(before)
  expect(await mailsFor(id)).toHaveLength(1)
})

test('several runs at once schedule and tell each subscriber once', async () => {
  const first = await add()
  const ids = await Promise.all(Array.from({ length: 23 }, () => has(first)))
  const second = await lower(first, 50)
  const counts = await Promise.all(Array.from({ length: 4 }, () => scheduleMoves(server.deps, { size: 3 })))
  // A run leaves out what another holds, so the last ones may come with the next.
  const rest = await scheduleMoves(server.deps)
  expect(counts.reduce((sum, count) => sum + count, rest)).toBe(23)
  for (const id of ids) {
    expect(await read(id)).toMatchObject({ nextTierId: second.id })
    expect(await mailsFor(id)).toHaveLength(1)
  }
})

test('a run that is cut off leaves nobody scheduled who was not told', async () => {
  const first = await add()
  const ids = await Promise.all(Array.from({ length: 5 }, () => has(first)))
  await lower(first, 50)
  let left = 3
  const { mail } = server.deps
  const failing: typeof mail = {
    ...mail,
    enqueue: async (...args) => {
      left -= 1
      if (left < 0) throw new Error('cut off')
      await mail.enqueue(...args)
    },
  }
  await expect(scheduleMoves({ ...server.deps, mail: failing }, { size: 2 })).rejects.toThrow('cut off')
  for (const id of ids) {
    expect((await mailsFor(id)).length).toBe((await read(id)).nextTierId === null ? 0 : 1)
  }
  expect(await scheduleMoves(server.deps, { size: 2 })).toBe(3)
  for (const id of ids) expect(await mailsFor(id)).toHaveLength(1)
})

test('a newer version takes the place of one that is scheduled, again after notice', async () => {
  const first = await add()
  const id = await has(first)
  await lower(first, 50)
  await scheduleMoves(server.deps)
  const third = await lower(first, 20)
  expect(third.version).toBe(3)
  await scheduleMoves(server.deps)
  expect(await read(id)).toMatchObject({ tierId: first.id, nextTierId: third.id })
  const mails = await mailsFor(id)
  expect(mails.map(({ text }) => /messages: \d+ instead of 100/.exec(text)?.[0])).toEqual([
    'messages: 50 instead of 100',
    'messages: 20 instead of 100',
  ])
})

test('who cancelled, chose another tier, pays nothing any more or has moved already is left alone', async () => {
  const [first, other] = [await add(), await add()]
  const soon = new Date('2040-02-10T09:00Z')
  const present = paid('2040-01-10T09:00Z', '2040-02-10T09:00Z')
  const ids = [
    await has(first, { ...present, cancelAtPeriodEnd: true }),
    await has(first, { ...present, status: 'canceled' }),
    await has(first, { ...present, status: 'unpaid' }),
    await has(first, { ...present, nextTierId: other.id, nextTierAt: soon }),
    await has(other, present),
  ]
  const before = await Promise.all(ids.map(read))
  const second = await lower(first, 50)
  const moved = await has(second, present)
  expect(await scheduleMoves(server.deps)).toBe(0)
  expect(await Promise.all(ids.map(read))).toEqual(before)
  expect(await read(moved)).toMatchObject({ tierId: second.id, nextTierId: null })
})

test('who asks to stay on the old version is moved all the same; a smaller tier chosen instead is theirs to choose', async () => {
  const [first, other] = [await add(), await add({ quotas: [] })]
  const id = await has(first)
  const second = await lower(first, 50)
  await scheduleMoves(server.deps)
  const { userId } = await read(id)
  const choose = (tierId: string) =>
    switchTier(server.deps, { subscriptionId: id, tierId, by: { kind: 'person', userId } })
  expect(await choose(first.id)).toEqual({ kind: 'kept' })
  expect(await read(id)).toMatchObject({ nextTierId: second.id })
  expect(await choose(other.id)).toMatchObject({ kind: 'scheduled' })
  expect(await scheduleMoves(server.deps)).toBe(0)
  expect(await read(id)).toMatchObject({ nextTierId: other.id })
})

test('who takes the cancellation back, or lands on an old version later, is told then', async () => {
  const first = await add()
  const id = await has(first, { ...paid('2040-01-10T09:00Z', '2040-02-10T09:00Z'), cancelAtPeriodEnd: true })
  const second = await lower(first, 50)
  expect(await scheduleMoves(server.deps)).toBe(0)
  await server.deps.db
    .update(userAgentSubscriptions)
    .set({ cancelAtPeriodEnd: false })
    .where(eq(userAgentSubscriptions.id, id))
  expect(await scheduleMoves(server.deps)).toBe(1)
  expect(await read(id)).toMatchObject({ nextTierId: second.id })
})
