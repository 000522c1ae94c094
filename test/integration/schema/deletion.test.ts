// Deleting an agent, a person or an organization: it works on populated data, leaves no orphan and follows the rules.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { readCatalog } from './catalog.ts'
import { insertAgent, insertPerson, insertSurroundings, insertUsedSubscription } from './fixtures.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const rowsOf = async (sql: string, values: readonly unknown[] = []): Promise<unknown[]> =>
  (await database.pool.query({ text: sql, values: [...values], rowMode: 'array' })).rows

const countOf = async (sql: string, values: readonly unknown[] = []): Promise<number> =>
  Number(((await rowsOf(`SELECT count(*) FROM ${sql}`, values)) as [[string]])[0][0])

/** Rows whose parent is not there, over every foreign key of the database. */
async function orphans(): Promise<string[]> {
  const found: string[] = []
  for (const key of (await readCatalog(database.pool)).foreignKeys) {
    const { rows } = await database.pool.query<{ parents: string[] }>(
      `SELECT array_agg(a.attname::text ORDER BY n.position) AS parents
       FROM pg_constraint k, unnest(k.confkey) WITH ORDINALITY n(number, position), pg_attribute a
       WHERE k.conname = $1 AND a.attrelid = k.confrelid AND a.attnum = n.number`,
      [key.name],
    )
    const match = key.columns.map((column, i) => `parent."${rows[0]?.parents[i]}" = child."${column}"`).join(' AND ')
    const isSet = key.columns.map((column) => `child."${column}" IS NOT NULL`).join(' AND ')
    const orphaned = await countOf(
      `"${key.table}" child WHERE ${isSet} AND NOT EXISTS (SELECT FROM "${key.foreignTable}" parent WHERE ${match})`,
    )
    if (orphaned > 0) found.push(key.name)
  }
  return found
}

test('an agent goes with everything of its own, its used ledger included', async () => {
  const userId = await insertPerson(database.db)
  const tree = await insertAgent(database.db, { createdBy: userId })
  const neighbour = await insertAgent(database.db)
  await insertSurroundings(database.db, { agentId: tree.agentId, userId })
  const subscriptionId = await insertUsedSubscription(database.db, { userId, tree })
  const kept = await insertUsedSubscription(database.db, { userId, tree: neighbour })

  await database.pool.query('DELETE FROM agents WHERE id = $1', [tree.agentId])

  const { columns } = await readCatalog(database.pool)
  for (const { table } of columns.filter((column) => column.name === 'agent_id')) {
    expect([table, await countOf(`${table} WHERE agent_id = $1`, [tree.agentId])]).toEqual([table, 0])
  }
  for (const { table } of columns.filter((column) => column.name === 'subscription_id')) {
    expect([table, await countOf(`${table} WHERE subscription_id = $1`, [subscriptionId])]).toEqual([table, 0])
    expect([table, await countOf(`${table} WHERE subscription_id = $1`, [kept])]).not.toEqual([table, 0])
  }
  // The trail says that there was one.
  expect(await countOf('audit_logs WHERE resource_id = $1', [tree.agentId])).toBe(1)
  expect(await orphans()).toEqual([])
})

test('a person goes with what they own, and what only tracked them forgets them', async () => {
  const publisher = await insertPerson(database.db)
  const tree = await insertAgent(database.db, { createdBy: publisher })
  await insertSurroundings(database.db, { agentId: tree.agentId, userId: publisher })
  const own = await insertUsedSubscription(database.db, { userId: publisher, tree })
  const buyer = await insertPerson(database.db)
  const theirs = await insertUsedSubscription(database.db, { userId: buyer, tree })
  await database.pool.query('UPDATE subscription_addons SET created_by = $1 WHERE subscription_id = $2', [
    publisher,
    theirs,
  ])
  const auditBefore = await rowsOf(`SELECT to_jsonb(a) - 'user_id' FROM audit_logs a WHERE user_id = $1`, [publisher])

  await database.pool.query('DELETE FROM "user" WHERE id = $1', [publisher])

  expect(await rowsOf('SELECT created_by FROM agents WHERE id = $1', [tree.agentId])).toEqual([[null]])
  expect(await rowsOf('SELECT created_by FROM subscription_addons WHERE subscription_id = $1', [theirs])).toEqual([
    [null],
  ])
  expect(await countOf('reviews WHERE user_id = $1', [publisher])).toBe(0)
  expect(await countOf('agent_installs WHERE user_id = $1', [publisher])).toBe(0)
  expect(await countOf('usage_ledger WHERE subscription_id = $1', [own])).toBe(0)
  expect(await countOf('usage_ledger WHERE subscription_id = $1', [theirs])).toBe(3)
  expect(await countOf('interactions WHERE agent_id = $1 AND user_id IS NULL', [tree.agentId])).toBe(1)
  const auditAfter = await rowsOf(
    `SELECT to_jsonb(a) - 'user_id' FROM audit_logs a WHERE resource_id = $1 AND user_id IS NULL`,
    [tree.agentId],
  )
  expect(auditBefore).toHaveLength(1)
  expect(auditAfter).toEqual(auditBefore)
  expect(await orphans()).toEqual([])
})

test('a metric or tier in use can not be deleted from under its subscribers', async () => {
  const userId = await insertPerson(database.db)
  const tree = await insertAgent(database.db)
  await insertUsedSubscription(database.db, { userId, tree })
  await expect(
    database.pool.query('DELETE FROM agent_metric_definitions WHERE id = $1', [tree.metricId]),
  ).rejects.toMatchObject({
    code: '23503',
  })
  await expect(
    database.pool.query('DELETE FROM agent_pricing_tiers WHERE id = $1', [tree.tierId]),
  ).rejects.toMatchObject({
    code: '23503',
  })
})

test('an unused metric and tier can be deleted, with their quotas', async () => {
  const tree = await insertAgent(database.db)
  await database.pool.query('DELETE FROM agent_metric_definitions WHERE id = $1', [tree.metricId])
  expect(await countOf('tier_metric_quotas WHERE tier_id = $1', [tree.tierId])).toBe(0)
  await database.pool.query('DELETE FROM agent_pricing_tiers WHERE id = $1', [tree.tierId])
})

test('an organization that owns agents stays; without them it goes', async () => {
  const organizationId = await insertOrganization()
  const { agentId } = await insertAgent(database.db)
  await database.pool.query('UPDATE agents SET organization_id = $1 WHERE id = $2', [organizationId, agentId])
  await expect(database.pool.query('DELETE FROM organization WHERE id = $1', [organizationId])).rejects.toMatchObject({
    constraint: 'organization_owns_agents',
  })
  await database.pool.query('DELETE FROM agents WHERE id = $1', [agentId])
  expect((await database.pool.query('DELETE FROM organization WHERE id = $1', [organizationId])).rowCount).toBe(1)
})

test('an agent survives its OAuth client, and its client survives the person who made it', async () => {
  const person = await insertPerson(database.db)
  const { agentId } = await insertAgent(database.db)
  const clientId = randomUUID()
  await database.pool.query(
    `INSERT INTO oauth_client (id, client_id, redirect_uris, user_id) VALUES ($1, $1, '{}', $2)`,
    [clientId, person],
  )
  await database.pool.query('UPDATE agents SET oauth_client_id = $1 WHERE id = $2', [clientId, agentId])

  await database.pool.query('DELETE FROM "user" WHERE id = $1', [person])
  expect(await rowsOf('SELECT oauth_client_id FROM agents WHERE id = $1', [agentId])).toEqual([[clientId]])

  await database.pool.query('DELETE FROM oauth_client WHERE client_id = $1', [clientId])
  expect(await rowsOf('SELECT oauth_client_id FROM agents WHERE id = $1', [agentId])).toEqual([[null]])
})

test('accounting outlives the agent, the person and the organization it is about', async () => {
  const userId = await insertPerson(database.db)
  const tree = await insertAgent(database.db)
  const organizationId = await insertOrganization()
  const subscriptionId = await insertUsedSubscription(database.db, { userId, tree })
  await database.pool.query(
    `INSERT INTO billing_entries (kind, amount, currency, stripe_object_id, subject_hash, subscription_ref, agent_ref, organization_ref)
     VALUES ('charge', 1900, 'EUR', 'ch_kept', 'a-keyed-hash', $1, $2, $3)`,
    [subscriptionId, tree.agentId, organizationId],
  )
  await database.pool.query('DELETE FROM agents WHERE id = $1', [tree.agentId])
  await database.pool.query('DELETE FROM "user" WHERE id = $1', [userId])
  await database.pool.query('DELETE FROM organization WHERE id = $1', [organizationId])
  expect(
    await countOf(`billing_entries WHERE agent_ref = $1 AND subscription_ref = $2`, [tree.agentId, subscriptionId]),
  ).toBe(1)
})

async function insertOrganization(): Promise<string> {
  const id = randomUUID()
  await database.pool.query(`INSERT INTO organization (id, name, slug) VALUES ($1, 'Publishers', $1)`, [id])
  return id
}
