import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs, subscriptionAddons, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { grantAddon } from '#src/features/pricing/addons/grant-addon.ts'
import type { GrantAddon } from '#src/features/pricing/addons/grant-addon.ts'
import { listAddons } from '#src/features/pricing/addons/read-addons.ts'
import { revokeAddon } from '#src/features/pricing/addons/revoke-addon.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { addPerson } from './publisher.ts'
import { addSubscriber, graceDays } from './subscriber.ts'
import type { Subscriber } from './subscriber.ts'

let database: TestDatabase
let operatorId: string
beforeAll(async () => {
  database = await createTestDatabase()
  operatorId = await addPerson(database.db, { role: 'admin' })
})
afterAll(() => database.drop())

const deps = () => ({ db: database.db, config: { paymentGraceDays: graceDays } })

const grant = ({ subscriptionId }: Subscriber, change: Partial<GrantAddon> = {}) =>
  grantAddon(deps(), {
    subscriptionId,
    metric: 'messages',
    amount: 5,
    scope: 'one_cycle',
    source: { kind: 'admin_grant', operatorId, reason: 'Goodwill' },
    id: crypto.randomUUID(),
    isPreview: false,
    ...change,
  })

const revoke = ({ subscriptionId }: Subscriber, addonId: string, { isPreview = false } = {}) =>
  revokeAddon(deps(), { subscriptionId, addonId, operatorId, reason: 'By mistake', isPreview })

describe('granting', () => {
  test('lifts the limit at once: what was denied fits now, and what was used stays used', async () => {
    const subscriber = await addSubscriber(database)
    expect(await subscriber.use('messages', 10)).toMatchObject({ kind: 'allowed' })
    expect(await subscriber.use('messages', 1)).toMatchObject({ kind: 'denied', reason: 'quota_exceeded' })
    const change = await grant(subscriber)
    expect(change.before).toMatchObject({ used: 10, limit: 10, remaining: 0 })
    expect(change.after).toMatchObject({ used: 10, limit: 15, remaining: 5 })
    expect(await subscriber.use('messages', 5)).toMatchObject({ kind: 'allowed', meter: { used: 15, limit: 15 } })
    expect(await subscriber.use('messages', 1)).toMatchObject({ kind: 'denied' })
  })

  test.each([
    ['one_cycle', 'admin_grant', 'one_cycle_granted'],
    ['permanent', 'admin_grant', 'permanent_granted'],
    ['one_cycle', 'purchased', 'one_cycle_purchased'],
    ['permanent', 'purchased', 'permanent_purchased'],
  ] as const)('%s by %s shows as %s', async (scope, kind, part) => {
    const subscriber = await addSubscriber(database)
    const source =
      kind === 'purchased'
        ? { kind, stripeObjectId: `pi_${crypto.randomUUID()}`, offerId: null }
        : { kind, operatorId, reason: 'Goodwill' }
    const { after, addon } = await grant(subscriber, { scope, source })
    expect(after.breakdown).toEqual([
      { part: 'included', limit: 10, used: 0, remaining: 10 },
      { part, limit: 5, used: 0, remaining: 5 },
    ])
    expect(addon).toMatchObject({ scope, source: kind, reason: kind === 'purchased' ? null : 'Goodwill' })
  })

  test('raises what is not included, and adds nothing to what is unlimited', async () => {
    const subscriber = await addSubscriber(database, [{ metric: 'messages', limit: 'unlimited' }])
    expect(await subscriber.use('tokens', 1)).toMatchObject({ kind: 'denied', reason: 'not_included' })
    expect((await grant(subscriber, { metric: 'tokens' })).after).toMatchObject({ limit: 5 })
    expect(await subscriber.use('tokens', 5)).toMatchObject({ kind: 'allowed' })
    const { before, after } = await grant(subscriber)
    expect([before.limit, after.limit]).toEqual([null, null])
  })

  test('again with the same id, or the same payment, gives once; for something else it is a conflict', async () => {
    const subscriber = await addSubscriber(database)
    const id = crypto.randomUUID()
    const answers = await Promise.all(Array.from({ length: 5 }, () => grant(subscriber, { id })))
    expect(answers.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1)
    expect((await grant(subscriber, { id })).after.limit).toBe(15)
    await expect(grant(subscriber, { id, amount: 6 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(grant(await addSubscriber(database), { id })).rejects.toMatchObject({ code: 'conflict' })
    const source = { kind: 'purchased', stripeObjectId: `pi_${crypto.randomUUID()}`, offerId: null } as const
    await grant(subscriber, { source })
    expect(await grant(subscriber, { source })).toMatchObject({ isReplayed: true, after: { limit: 20 } })
  })

  test('is refused for another agent’s metric, a subscription that is over, and one that is not there', async () => {
    const subscriber = await addSubscriber(database)
    await expect(grant(subscriber, { metric: 'pages' })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path: 'metric' }] },
    })
    await expect(grant({ ...subscriber, subscriptionId: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'not_found',
    })
    await database.db
      .update(userAgentSubscriptions)
      .set({ status: 'canceled' })
      .where(eq(userAgentSubscriptions.id, subscriber.subscriptionId))
    await expect(grant(subscriber)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('by operators ends at a hundred live add-ons; what was bought still counts', async () => {
    const subscriber = await addSubscriber(database)
    await grant(subscriber)
    const [{ metricId } = { metricId: '' }] = await database.db
      .select()
      .from(subscriptionAddons)
      .where(eq(subscriptionAddons.subscriptionId, subscriber.subscriptionId))
    const rows = Array.from({ length: 99 }, () => ({
      subscriptionId: subscriber.subscriptionId,
      metricId,
      amount: 1,
      scope: 'permanent' as const,
      source: 'admin_grant' as const,
    }))
    await database.db.insert(subscriptionAddons).values(rows)
    await expect(grant(subscriber)).rejects.toMatchObject({ code: 'conflict' })
    const source = { kind: 'purchased', stripeObjectId: `pi_${crypto.randomUUID()}`, offerId: null } as const
    expect((await grant(subscriber, { source })).after.limit).toBe(10 + 5 + 99 + 5)
  })
})

describe('revoking', () => {
  test('takes the limit back and leaves what was used, so nothing more fits', async () => {
    const subscriber = await addSubscriber(database)
    const { addon } = await grant(subscriber, { scope: 'permanent' })
    await subscriber.use('messages', 13)
    const { before, after, addon: revoked } = await revoke(subscriber, addon.id)
    expect(before).toMatchObject({ used: 13, limit: 15, remaining: 2 })
    expect(after).toMatchObject({ used: 13, limit: 10, remaining: 0 })
    expect(revoked.revokedAt).not.toBeNull()
    expect(await subscriber.use('messages', 1)).toMatchObject({ kind: 'denied', reason: 'quota_exceeded' })
  })

  test('happens once, also when two operators do it at the same moment', async () => {
    const subscriber = await addSubscriber(database)
    const { addon } = await grant(subscriber)
    const settled = await Promise.allSettled(Array.from({ length: 4 }, () => revoke(subscriber, addon.id)))
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of settled.filter(({ status }) => status === 'rejected')) {
      expect(result).toMatchObject({ reason: { code: 'conflict' } })
    }
  })

  test('does not find another subscription’s add-on', async () => {
    const [subscriber, other] = [await addSubscriber(database), await addSubscriber(database)]
    const { addon } = await grant(other)
    await expect(revoke(subscriber, addon.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('while add-ons come and go, use never passes the limit that was there, and every denial was one', async () => {
  const subscriber = await addSubscriber(database)
  const answers = Promise.all(Array.from({ length: 40 }, () => subscriber.use('messages', 1)))
  const { addon } = await grant(subscriber, { amount: 7, scope: 'permanent' })
  const all = await answers
  expect(all.filter(({ kind }) => kind === 'allowed').length).toBeGreaterThanOrEqual(10)
  expect(all.filter(({ kind }) => kind === 'allowed').length).toBeLessThanOrEqual(17)
  const rest = await Promise.all(Array.from({ length: 10 }, () => subscriber.use('messages', 1)))
  expect([...all, ...rest].filter(({ kind }) => kind === 'allowed')).toHaveLength(17)
  expect((await revoke(subscriber, addon.id)).after).toMatchObject({ used: 17, limit: 10 })
})

test('a preview says what would be, by the same code, and leaves nothing', async () => {
  const subscriber = await addSubscriber(database)
  const preview = await grant(subscriber, { isPreview: true })
  expect([preview.before.limit, preview.after.limit]).toEqual([10, 15])
  expect(await listAddons(database.db, subscriber.subscriptionId)).toEqual([])
  const { addon } = await grant(subscriber)
  expect((await revoke(subscriber, addon.id, { isPreview: true })).after.limit).toBe(10)
  expect(await listAddons(database.db, subscriber.subscriptionId)).toMatchObject([{ id: addon.id, revokedAt: null }])
  const rows = database.db.$count(auditLogs, eq(auditLogs.resourceId, subscriber.subscriptionId))
  expect(await rows).toBe(1)
})

test('who did what, why, and what it meant is in the audit trail', async () => {
  const subscriber = await addSubscriber(database)
  const { addon } = await grant(subscriber)
  await revoke(subscriber, addon.id)
  const rows = await database.db
    .select()
    .from(auditLogs)
    .where(and(eq(auditLogs.resource, 'subscription'), eq(auditLogs.resourceId, subscriber.subscriptionId)))
    .orderBy(auditLogs.timestamp)
  const shared = { addonId: addon.id, metric: 'messages', amount: 5 }
  expect(rows).toMatchObject([
    {
      action: 'addon.grant',
      userId: operatorId,
      metadata: { ...shared, reason: 'Goodwill', limitBefore: 10, limitAfter: 15 },
    },
    {
      action: 'addon.revoke',
      userId: operatorId,
      metadata: { ...shared, reason: 'By mistake', limitBefore: 15, limitAfter: 10 },
    },
  ])
})
