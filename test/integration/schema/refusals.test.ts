// What the database refuses by itself, whoever writes to it.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { insertAgent, insertPerson, insertSubscription, insertUsedSubscription } from './fixtures.ts'
import type { AgentTree } from './fixtures.ts'

let database: TestDatabase
let userId: string
let tree: AgentTree
let subscriptionId: string

beforeAll(async () => {
  database = await createTestDatabase()
  userId = await insertPerson(database.db)
  tree = await insertAgent(database.db, { createdBy: userId })
  subscriptionId = await insertUsedSubscription(database.db, { userId, tree })
  await database.pool.query(
    `INSERT INTO audit_logs (user_id, action, resource) VALUES ($1, 'addon.grant', 'subscription')`,
    [userId],
  )
  await database.pool.query(
    `INSERT INTO billing_entries (kind, amount, currency, stripe_object_id) VALUES ('charge', 1900, 'EUR', 'ch_1')`,
  )
})
afterAll(() => database.drop())

const uniqueViolation = '23505'
const checkViolation = '23514'
const foreignKeyViolation = '23503'
const restrictViolation = '23001'

/** The SQLSTATE and the constraint of the refusal; undefined when the database accepted. */
async function refusalOf(
  sql: string,
  values: readonly unknown[] = [],
): Promise<{ code?: string; constraint?: string } | undefined> {
  try {
    await database.pool.query(sql, [...values])
    return undefined
  } catch (error) {
    return error as { code?: string; constraint?: string }
  }
}

describe('subscriptions', () => {
  const insert = `INSERT INTO user_agent_subscriptions (user_id, agent_id, tier_id, status) VALUES ($1, $2, $3, $4)`

  test.each(['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete'])(
    'a second subscription of one person to one agent that is %s',
    async (status) => {
      expect(await refusalOf(insert, [userId, tree.agentId, tree.tierId, status])).toMatchObject({
        code: uniqueViolation,
      })
    },
  )

  test('but not one that is over', async () => {
    expect(await refusalOf(insert, [userId, tree.agentId, tree.tierId, 'canceled'])).toBeUndefined()
    expect(await refusalOf(insert, [userId, tree.agentId, tree.tierId, 'incomplete_expired'])).toBeUndefined()
  })

  test('a status nobody knows', async () => {
    expect(await refusalOf(insert, [userId, tree.agentId, tree.tierId, 'sleeping'])).toMatchObject({
      code: checkViolation,
    })
  })

  test('of two checkouts at once, exactly one wins', async () => {
    const buyer = await insertPerson(database.db)
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        insertSubscription(database.db, {
          userId: buyer,
          agentId: tree.agentId,
          tierId: tree.tierId,
          status: 'trialing',
        }),
      ),
    )
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1)
  })

  test("a tier of another agent's", async () => {
    const other = await insertAgent(database.db)
    const buyer = await insertPerson(database.db)
    expect(await refusalOf(insert, [buyer, tree.agentId, other.tierId, 'active'])).toMatchObject({
      code: foreignKeyViolation,
    })
  })

  test('a period that ends before it begins', async () => {
    expect(
      await refusalOf(`UPDATE user_agent_subscriptions SET current_period_end = current_period_start WHERE id = $1`, [
        subscriptionId,
      ]),
    ).toMatchObject({ code: checkViolation })
  })
})

describe('values', () => {
  const review = `INSERT INTO reviews (agent_id, user_id, rating) VALUES ($1, $2, $3)`

  test.each([0, 6, -1])('a rating of %s', async (rating) => {
    expect(await refusalOf(review, [tree.agentId, userId, rating])).toMatchObject({
      constraint: 'reviews_rating_check',
    })
  })

  test('a second review of one person', async () => {
    expect(await refusalOf(review, [tree.agentId, userId, 5])).toBeUndefined()
    expect(await refusalOf(review, [tree.agentId, userId, 4])).toMatchObject({ code: uniqueViolation })
  })

  test.each([
    ['a price below zero', `UPDATE agent_pricing_tiers SET price = -1`],
    ['a free tier with a price', `UPDATE agent_pricing_tiers SET is_free = true`],
    ['a currency in small letters', `UPDATE agent_pricing_tiers SET currency = 'eur'`],
    ['a quota below zero', `UPDATE tier_metric_quotas SET quota_limit = -1`],
    ['a counter below zero', `UPDATE subscription_usage SET used = -1`],
    ['a counter past what a JSON number holds', `UPDATE subscription_usage SET used = 9007199254740992`],
    ['an add-on of nothing', `UPDATE subscription_addons SET amount = 0`],
    ['an unknown kind of metric', `UPDATE agent_metric_definitions SET kind = 'rate'`],
    ['a link that runs a script', `UPDATE agents SET homepage_url = 'javascript:alert(1)'`],
    ['a published agent without a date', `UPDATE agents SET published_at = NULL`],
    ['a slug with a slash', `UPDATE agents SET slug = 'a/b'`],
  ])('%s', async (_name, sql) => {
    expect(await refusalOf(sql)).toMatchObject({ code: checkViolation })
  })

  test('unlimited, nothing and some are three different quotas', async () => {
    const metric = (slug: string) =>
      database.pool.query<{ id: string }>(
        `INSERT INTO agent_metric_definitions (agent_id, slug, display_name, unit) VALUES ($1, $2, 'x', 'x') RETURNING id`,
        [tree.agentId, slug],
      )
    for (const [slug, limit] of [
      ['unlimited', null],
      ['denied', 0],
      ['capped', 5],
    ] as const) {
      const { rows } = await metric(slug)
      expect(
        await refusalOf(`INSERT INTO tier_metric_quotas (tier_id, metric_id, quota_limit) VALUES ($1, $2, $3)`, [
          tree.tierId,
          rows[0]?.id,
          limit,
        ]),
      ).toBeUndefined()
    }
  })

  test("a quota or an add-on on another agent's metric", async () => {
    const other = await insertAgent(database.db)
    expect(
      await refusalOf(`INSERT INTO tier_metric_quotas (tier_id, metric_id) VALUES ($1, $2)`, [
        tree.tierId,
        other.metricId,
      ]),
    ).toMatchObject({ constraint: 'tier_metric_quotas_own_metric' })
    expect(
      await refusalOf(
        `INSERT INTO subscription_addons (subscription_id, metric_id, amount, scope, source) VALUES ($1, $2, 1, 'permanent', 'purchased')`,
        [subscriptionId, other.metricId],
      ),
    ).toMatchObject({ constraint: 'subscription_addons_own_metric' })
  })

  test('the same Stripe event twice', async () => {
    const insert = `INSERT INTO stripe_events (stripe_event_id, type, livemode, payload) VALUES ('evt_1', 'invoice.paid', false, '{}')`
    expect(await refusalOf(insert)).toBeUndefined()
    expect(await refusalOf(insert)).toMatchObject({ code: uniqueViolation })
  })
})

describe('the usage ledger', () => {
  test('a clientReqId that was used before, by whomever', async () => {
    const clientReqId = randomUUID()
    const insert = `INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after)
      VALUES ($1, $2, 'consume', 1, $3, 1)`
    expect(await refusalOf(insert, [subscriptionId, tree.metricId, clientReqId])).toBeUndefined()

    const other = await insertAgent(database.db)
    const buyer = await insertPerson(database.db)
    const otherSubscription = await insertUsedSubscription(database.db, { userId: buyer, tree: other })
    expect(await refusalOf(insert, [otherSubscription, other.metricId, clientReqId])).toMatchObject({
      code: uniqueViolation,
      constraint: 'usage_ledger_client_req_id_key',
    })
  })

  test('numbers its rows in order of writing, and nobody chooses a number', async () => {
    const { rows } = await database.pool.query<{ increases: boolean }>(
      `SELECT bool_and(seq > before) AS increases FROM (SELECT seq, lag(seq) OVER (ORDER BY created_at, seq) AS before FROM usage_ledger) rows`,
    )
    expect(rows[0]?.increases).toBe(true)
    expect(
      await refusalOf(
        `INSERT INTO usage_ledger (seq, subscription_id, metric_id, event_type, delta, client_req_id, used_after)
      VALUES (1, $1, $2, 'consume', 1, gen_random_uuid(), 1)`,
        [subscriptionId, tree.metricId],
      ),
    ).toMatchObject({ code: '428C9' })
  })
})

describe('append-only tables', () => {
  const refused = (table: string) => ({ code: restrictViolation, constraint: `${table}_append_only` })

  test.each([
    ['usage_ledger', `UPDATE usage_ledger SET delta = 0`],
    ['usage_ledger', `UPDATE usage_ledger SET metadata = '{"note": "harmless"}'`],
    ['usage_ledger', `DELETE FROM usage_ledger`],
    ['usage_ledger', `TRUNCATE usage_ledger CASCADE`],
    ['usage_ledger', `TRUNCATE agents CASCADE`],
    ['usage_ledger', `MERGE INTO usage_ledger USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE`],
    [
      'usage_ledger',
      `INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after)
        SELECT subscription_id, metric_id, 'consume', 5, client_req_id, 5 FROM usage_ledger LIMIT 1
        ON CONFLICT (client_req_id) DO UPDATE SET delta = 5`,
    ],
    ['audit_logs', `UPDATE audit_logs SET result = 'denied'`],
    ['audit_logs', `UPDATE audit_logs SET user_id = NULL`],
    ['audit_logs', `DELETE FROM audit_logs`],
    ['audit_logs', `TRUNCATE audit_logs`],
    ['audit_logs', `TRUNCATE "user" CASCADE`],
    ['billing_entries', `UPDATE billing_entries SET amount = 0`],
    ['billing_entries', `DELETE FROM billing_entries`],
    ['billing_entries', `TRUNCATE billing_entries`],
  ])('%s refuses %s', async (table, sql) => {
    const before = await database.pool.query(`SELECT to_jsonb(rows) FROM ${table} rows ORDER BY id`)
    expect(before.rowCount).toBeGreaterThan(0)
    const refusal = await refusalOf(sql)
    // TRUNCATE of a parent meets whichever append-only table comes first.
    expect(refusal).toMatchObject(sql.includes('TRUNCATE') ? { code: restrictViolation } : refused(table))
    const after = await database.pool.query(`SELECT to_jsonb(rows) FROM ${table} rows ORDER BY id`)
    expect(after.rows).toEqual(before.rows)
  })

  test('a DELETE hidden in a trigger is refused too', async () => {
    const client = await database.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query(`CREATE FUNCTION sweep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN DELETE FROM usage_ledger; RETURN NEW; END $$`)
      await client.query(`CREATE TRIGGER sweep AFTER INSERT ON tags FOR EACH ROW EXECUTE FUNCTION sweep()`)
      await expect(client.query(`INSERT INTO tags (name, slug) VALUES ('Trap', 'trap')`)).rejects.toMatchObject(
        refused('usage_ledger'),
      )
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })

  test('an audit row may forget a person who is gone, but nothing else with them', async () => {
    const client = await database.pool.connect()
    const person = await insertPerson(database.db)
    try {
      await client.query('BEGIN')
      await client.query(`INSERT INTO audit_logs (user_id, action, resource) VALUES ($1, 'session.start', 'session')`, [
        person,
      ])
      // Without the key nothing forgets by itself, so that the updates below are the only ones. Rolled back at the end.
      await client.query('ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_user_id_fkey')
      await client.query('DELETE FROM "user" WHERE id = $1', [person])
      await client.query('SAVEPOINT before')
      await expect(
        client.query(`UPDATE audit_logs SET user_id = NULL, action = 'nothing' WHERE user_id = $1`, [person]),
      ).rejects.toMatchObject(refused('audit_logs'))
      await client.query('ROLLBACK TO before')
      const forgotten = await client.query('UPDATE audit_logs SET user_id = NULL WHERE user_id = $1', [person])
      expect(forgotten.rowCount).toBe(1)
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })
})
