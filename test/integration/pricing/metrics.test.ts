import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  agentMetricDefinitions,
  auditLogs,
  subscriptionUsage,
  tierMetricQuotas,
  usageLedger,
} from '#src/db/schema/index.ts'
import { archiveMetric, unarchiveMetric } from '#src/features/pricing/metrics/archive-metric.ts'
import { createMetric } from '#src/features/pricing/metrics/create-metric.ts'
import { deleteMetric } from '#src/features/pricing/metrics/delete-metric.ts'
import { editMetric } from '#src/features/pricing/metrics/edit-metric.ts'
import { orderMetrics } from '#src/features/pricing/metrics/order-metrics.ts'
import { listMetrics } from '#src/features/pricing/metrics/read-metrics.ts'
import { newMetricSchema, newTierSchema } from '#src/features/pricing/schema.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { addPublisher, subscribe } from './publisher.ts'
import type { TestPublisher } from './publisher.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const metric = (slug: string) => newMetricSchema.parse({ slug, displayName: 'Messages', unit: 'message' })
const tier = (tierName: string, quotas: readonly object[] = []) =>
  newTierSchema.parse({ tierName, priceMinor: 0, quotas })
const slugsOf = async ({ agentId }: TestPublisher) => (await listMetrics(database.db, agentId)).map(({ slug }) => slug)

test('metrics are added at the end, and another agent’s may have the same slug', async () => {
  const [by, other] = [await addPublisher(database.db), await addPublisher(database.db)]
  for (const slug of ['messages', 'tokens']) await createMetric(database, { by, metric: metric(slug) })
  await createMetric(database, { by: other, metric: metric('messages') })
  expect(await slugsOf(by)).toEqual(['messages', 'tokens'])
  const rows = await database.db.select().from(auditLogs).where(eq(auditLogs.resourceId, by.agentId))
  expect(rows).toMatchObject([
    { action: 'metric.create', userId: by.userId, orgId: by.organizationId },
    { action: 'metric.create' },
  ])
})

test('a taken slug is refused by name, also when two come at once and when an archived metric has it', async () => {
  const by = await addPublisher(database.db)
  const settled = await Promise.allSettled(
    Array.from({ length: 8 }, () => createMetric(database, { by, metric: metric('messages') })),
  )
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const result of settled.filter(({ status }) => status === 'rejected')) {
    expect(result).toMatchObject({ reason: { code: 'invalid_request', details: { errors: [{ path: 'slug' }] } } })
  }
  await archiveMetric(database, { by, slug: 'messages' })
  await expect(createMetric(database, { by, metric: metric('messages') })).rejects.toMatchObject({
    code: 'invalid_request',
  })
})

test('an agent has at most 50 metrics in use, however many are made at once', async () => {
  const by = await addPublisher(database.db)
  const rows = Array.from({ length: 47 }, (_, index) => ({ ...metric(`m${index}`), agentId: by.agentId }))
  await database.db.insert(agentMetricDefinitions).values(rows)
  const settled = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => createMetric(database, { by, metric: metric(`n${index}`) })),
  )
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  await archiveMetric(database, { by, slug: 'm0' })
  await createMetric(database, { by, metric: metric('one-more') })
  await expect(unarchiveMetric(database, { by, slug: 'm0' })).rejects.toMatchObject({ code: 'conflict' })
})

test('an edit changes words and thresholds, and what was not sent stays', async () => {
  const by = await addPublisher(database.db)
  await createMetric(database, { by, metric: metric('messages') })
  const edited = await editMetric(database, { by, slug: 'messages', edit: { thresholds: [50, 90] } })
  expect(edited).toMatchObject({ displayName: 'Messages', unit: 'message', thresholds: [50, 90], kind: 'counter' })
  await expect(editMetric(database, { by, slug: 'nothing', edit: {} })).rejects.toMatchObject({ code: 'not_found' })
})

test('of two editors who read the same state, the second is told', async () => {
  const by = await addPublisher(database.db)
  const { updatedAt } = await createMetric(database, { by, metric: metric('messages') })
  const edits = [{ displayName: 'Letters' }, { unit: 'letter' }].map((edit) => ({ ...edit, updatedAt }))
  const settled = await Promise.allSettled(edits.map((edit) => editMetric(database, { by, slug: 'messages', edit })))
  expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
})

test('edits of different fields at once are both kept', async () => {
  const by = await addPublisher(database.db)
  await createMetric(database, { by, metric: metric('messages') })
  const edits = [{ displayName: 'Letters' }, { unit: 'letter' }, { thresholds: [70] }]
  await Promise.all(edits.map((edit) => editMetric(database, { by, slug: 'messages', edit })))
  const [row] = await listMetrics(database.db, by.agentId)
  expect(row).toMatchObject({ displayName: 'Letters', unit: 'letter', thresholds: [70] })
})

test('an order names every metric in use once; one that was added meanwhile makes it a conflict', async () => {
  const by = await addPublisher(database.db)
  for (const slug of ['one', 'two', 'three']) await createMetric(database, { by, metric: metric(slug) })
  await orderMetrics(database, { by, slugs: ['three', 'one', 'two'] })
  expect(await slugsOf(by)).toEqual(['three', 'one', 'two'])
  for (const slugs of [['one', 'two'], ['one', 'two', 'two'], ['one', 'two', 'four'], []]) {
    await expect(orderMetrics(database, { by, slugs })).rejects.toMatchObject({
      code: 'conflict',
      details: { metrics: ['three', 'one', 'two'] },
    })
  }
})

test('a metric that a tier on offer includes can’t be archived; another goes last and comes back', async () => {
  const by = await addPublisher(database.db)
  for (const slug of ['one', 'two']) await createMetric(database, { by, metric: metric(slug) })
  await createTier(database, { by, tier: tier('Free', [{ metric: 'one', limit: 5 }]) })
  await expect(archiveMetric(database, { by, slug: 'one' })).rejects.toMatchObject({
    code: 'conflict',
    details: { tiers: ['Free'] },
  })
  expect((await archiveMetric(database, { by, slug: 'two' })).archivedAt).not.toBeNull()
  await createMetric(database, { by, metric: metric('three') })
  expect(await slugsOf(by)).toEqual(['one', 'three', 'two'])
  expect((await unarchiveMetric(database, { by, slug: 'two' })).archivedAt).toBeNull()
})

test('a metric is deleted only when nothing was ever counted, granted or promised by it', async () => {
  const by = await addPublisher(database.db)
  for (const slug of ['unused', 'included', 'counted']) await createMetric(database, { by, metric: metric(slug) })
  const { id: tierId } = await createTier(database, { by, tier: tier('Free', [{ metric: 'included', limit: 5 }]) })
  await count({ by, tierId, slug: 'counted' })
  for (const slug of ['included', 'counted']) {
    await expect(deleteMetric(database, { by, slug })).rejects.toMatchObject({ code: 'conflict' })
  }
  await deleteMetric(database, { by, slug: 'unused' })
  expect(await slugsOf(by)).toEqual(['included', 'counted'])
  expect(await database.db.$count(tierMetricQuotas, eq(tierMetricQuotas.tierId, tierId))).toBe(1)
})

test('a metric of another publisher’s agent is not there', async () => {
  const [by, other] = [await addPublisher(database.db), await addPublisher(database.db)]
  await createMetric(database, { by: other, metric: metric('theirs') })
  for (const verb of [archiveMetric, unarchiveMetric, deleteMetric]) {
    await expect(verb(database, { by, slug: 'theirs' })).rejects.toMatchObject({ code: 'not_found' })
  }
  expect(await slugsOf(other)).toEqual(['theirs'])
})

interface Count {
  readonly by: TestPublisher
  readonly tierId: string
  readonly slug: string
}

async function count({ by, tierId, slug }: Count): Promise<void> {
  const { db } = database
  const row = (await listMetrics(db, by.agentId)).find((candidate) => candidate.slug === slug)
  const metricId = row?.id ?? ''
  const subscriptionId = await subscribe(db, { agentId: by.agentId, tierId })
  const [periodStart, periodEnd] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')]
  await db.insert(subscriptionUsage).values({ subscriptionId, metricId, periodStart, periodEnd, used: 1 })
  await db.insert(usageLedger).values({
    subscriptionId,
    metricId,
    eventType: 'consume',
    delta: 1,
    clientReqId: crypto.randomUUID(),
    usedAfter: 1,
  })
}
