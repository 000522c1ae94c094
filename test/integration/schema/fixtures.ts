// Rows that tests of the schema start from: a person, and an agent with everything that hangs on one.
import { randomUUID } from 'node:crypto'
import type { Database } from '#src/db/client.ts'
import {
  agentActiveUsers,
  agentChangelog,
  agentCapabilities,
  agentInstalls,
  billingIntents,
  agentMetricDefinitions,
  agentMetricsDaily,
  agentPricingTiers,
  agents,
  agentSlugHistory,
  agentSteps,
  agentTags,
  agentWaitlist,
  auditLogs,
  interactions,
  reviews,
  mailOptOuts,
  spendingCaps,
  subscriptionAddons,
  subscriptionUsage,
  tags,
  tierMetricQuotas,
  usageDaily,
  usageDenialsHourly,
  usageDisputes,
  usageLedger,
  usageNotices,
  usageReservations,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'

export async function insertPerson(db: Database): Promise<string> {
  const id = randomUUID()
  await db.insert(user).values({ id, name: 'Ada', email: `${id}@example.com` })
  return id
}

export interface AgentTree {
  readonly agentId: string
  readonly tierId: string
  readonly metricId: string
}

/** A published agent with a tier, a metric and its quota. */
export async function insertAgent(db: Database, { createdBy }: { createdBy?: string } = {}): Promise<AgentTree> {
  const slug = `agent-${randomUUID()}`
  const agentId = one(
    await db
      .insert(agents)
      .values({ slug, name: 'Reader', status: 'published', publishedAt: new Date(), createdBy })
      .returning(),
  ).id
  const tierId = one(
    await db.insert(agentPricingTiers).values({ agentId, tierName: 'Pro', price: 1_900, currency: 'EUR' }).returning(),
  ).id
  const metricId = one(
    await db
      .insert(agentMetricDefinitions)
      .values({ agentId, slug: 'messages', displayName: 'Messages', unit: 'message' })
      .returning(),
  ).id
  await db.insert(tierMetricQuotas).values({ tierId, metricId, quotaLimit: 100 })
  return { agentId, tierId, metricId }
}

export async function insertSubscription(
  db: Database,
  {
    userId,
    agentId,
    tierId,
    status = 'active',
  }: { userId: string; agentId: string; tierId: string } & {
    status?: (typeof userAgentSubscriptions.$inferInsert)['status']
  },
): Promise<string> {
  return one(await db.insert(userAgentSubscriptions).values({ userId, agentId, tierId, status }).returning()).id
}

async function insertLedgerEntry(
  db: Database,
  entry: { subscriptionId: string; metricId: string } & Partial<typeof usageLedger.$inferInsert>,
): Promise<string> {
  const row = {
    eventType: 'consume' as const,
    delta: 1,
    clientReqId: randomUUID(),
    usedAfter: 1,
    limitAt: 100,
    ...entry,
  }
  return one(await db.insert(usageLedger).values(row).returning()).id
}

/** A subscription with a counter, an add-on, a consumption, its refund, a hold, a notice and a denial. Returns it. */
export async function insertUsedSubscription(
  db: Database,
  { userId, tree }: { userId: string; tree: AgentTree },
): Promise<string> {
  const { agentId, tierId, metricId } = tree
  const subscriptionId = await insertSubscription(db, { userId, agentId, tierId })
  const periodStart = new Date('2026-01-01T00:00:00Z')
  const periodEnd = new Date('2026-02-01T00:00:00Z')
  const counter = one(
    await db
      .insert(subscriptionUsage)
      .values({ subscriptionId, metricId, periodStart, periodEnd, used: 3, held: 2 })
      .returning(),
  )
  await db
    .insert(subscriptionAddons)
    .values({ subscriptionId, metricId, amount: 10, scope: 'permanent', source: 'admin_grant', createdBy: userId })
  const entry = await insertLedgerEntry(db, { subscriptionId, metricId, periodStart })
  await insertLedgerEntry(db, {
    subscriptionId,
    metricId,
    periodStart,
    eventType: 'refund',
    delta: -1,
    refersToId: entry,
  })
  const hold = await insertLedgerEntry(db, { subscriptionId, metricId, periodStart, eventType: 'hold', delta: 2 })
  await db
    .insert(usageReservations)
    .values({ id: hold, subscriptionId, metricId, usageId: counter.id, amount: 2, expiresAt: periodEnd })
  await db
    .insert(usageNotices)
    .values({ subscriptionId, metricId, periodStart, threshold: 80, limitAt: 100, usedAt: 80 })
  await db.insert(usageDenialsHourly).values({ subscriptionId, metricId, hour: periodStart, denials: 1 })
  await db.insert(usageDaily).values({ subscriptionId, metricId, day: '2026-01-01', used: 3 })
  await db.insert(usageDisputes).values({ subscriptionId, entryId: entry, userId, message: 'Not mine' })
  const claim = { currency: 'EUR', months: {} }
  const intent = { kind: 'change', userId, agentId: tree.agentId, subscriptionId, expiresAt: periodEnd, claim } as const
  await db.insert(billingIntents).values(intent)
  await db.insert(mailOptOuts).values({ userId, kind: 'usage_limits' }).onConflictDoNothing()
  await db.insert(spendingCaps).values({ userId, agentId: tree.agentId, amount: 100, currency: 'EUR' })
  return subscriptionId
}

/** What hangs on an agent besides its subscriptions. */
export async function insertSurroundings(
  db: Database,
  { agentId, userId }: { agentId: string; userId: string },
): Promise<void> {
  const tag = one(
    await db
      .insert(tags)
      .values({ name: 'Reading', slug: `tag-${randomUUID()}` })
      .returning(),
  )
  await db.insert(agentTags).values({ agentId, tagId: tag.id })
  await db.insert(agentCapabilities).values({ agentId, title: 'Reads' })
  await db.insert(agentSteps).values({ agentId, title: 'Open it' })
  await db.insert(agentChangelog).values({ agentId, version: '1.0.0', summary: 'First' })
  await db.insert(agentSlugHistory).values({ agentId, slug: `old-${randomUUID()}` })
  await db.insert(agentInstalls).values({ agentId, userId })
  await db.insert(agentWaitlist).values({ agentId, email: 'ada@example.com' })
  await db.insert(agentMetricsDaily).values({ agentId, day: '2026-01-01' })
  await db.insert(agentActiveUsers).values({ agentId, day: '2026-01-01', userId })
  await db.insert(reviews).values({ agentId, userId, rating: 5 })
  await db.insert(interactions).values({ type: 'contact', agentId, agentName: 'Reader', userId })
  await db.insert(auditLogs).values({ userId, action: 'agent.publish', resource: 'agent', resourceId: agentId })
}

function one<T>(rows: readonly T[]): T {
  const [row] = rows
  if (row === undefined || rows.length > 1) throw new Error(`Expected one row, got ${rows.length}`)
  return row
}
