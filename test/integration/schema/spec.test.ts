// The live catalog of a migrated database against the specification, line by line.
import { access, readFile } from 'node:fs/promises'
import { getTableColumns, getTableName, isTable } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as authSchema from '#src/db/schema/auth.ts'
import * as businessSchema from '#src/db/schema/business.ts'
import * as schema from '#src/db/schema/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { readCatalog } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import { authTables, businessTables, keysToPeople } from './spec-page.ts'
import type { SpecTable } from './spec-page.ts'

let database: TestDatabase
let catalog: Catalog

beforeAll(async () => {
  database = await createTestDatabase()
  catalog = await readCatalog(database.pool)
})
afterAll(() => database.drop())

const snakeCase = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()

const tablesOf = (module: object): [string, PgTable][] =>
  Object.entries(module).filter((entry): entry is [string, PgTable] => isTable(entry[1]))

const specTables = Object.entries<SpecTable>(businessTables)

describe('files', () => {
  test.each(['auth', 'business', 'index'])('src/db/schema/%s.ts is there', async (name) => {
    await access(new URL(`../../../src/db/schema/${name}.ts`, import.meta.url))
  })

  test('auth.ts says that it is generated and by what', async () => {
    const source = await readFile(new URL('../../../src/db/schema/auth.ts', import.meta.url), 'utf8')
    expect(source.split('\n')[0]).toContain('pnpm db:auth-schema')
  })

  test('index.ts hands out both, and nothing else', () => {
    expect(Object.keys(schema).toSorted()).toEqual(
      [...Object.keys(authSchema), ...Object.keys(businessSchema)].toSorted(),
    )
  })
})

describe('tables', () => {
  test.each(authTables)('the auth table %s comes from auth.ts and exists', (name) => {
    expect(tablesOf(authSchema).map(([key]) => key)).toContain(name)
    expect(catalog.tables).toContain(snakeCase(name))
  })

  test.each(specTables)('%s has the columns of the specification', (name, spec) => {
    const table = tablesOf(businessSchema).find(([key]) => key === name)?.[1]
    expect(table && getTableName(table)).toBe(snakeCase(name))
    if (table === undefined) return
    const columns = getTableColumns(table)
    expect(Object.keys(columns)).toEqual(expect.arrayContaining([...spec.columns]))
    const live = catalog.columns.filter((column) => column.table === snakeCase(name)).map((column) => column.name)
    expect(live).toEqual(expect.arrayContaining(spec.columns.map(snakeCase)))
  })

  test.each(specTables)('%s has the keys of the specification', (name, spec) => {
    const primaryKey = catalog.uniques.find((unique) => unique.table === snakeCase(name) && unique.isPrimary)
    expect(primaryKey?.columns).toEqual((spec.primaryKey ?? ['id']).map(snakeCase))
    for (const columns of spec.unique ?? []) {
      const unique = catalog.uniques.filter((entry) => entry.table === snakeCase(name) && entry.predicate === null)
      expect(unique.map((entry) => entry.columns)).toContainEqual(columns.map(snakeCase))
    }
  })

  test.each(specTables)('%s allows null exactly where a null has a meaning', (name, spec) => {
    for (const column of spec.columns) {
      const live = catalog.columns.find((entry) => entry.table === snakeCase(name) && entry.name === snakeCase(column))
      expect([column, live?.nullable]).toEqual([column, (spec.nullable ?? []).includes(column)])
    }
  })

  test('every table of the schema is in the database and the other way round', () => {
    expect(
      tablesOf(schema)
        .map(([, table]) => getTableName(table))
        .toSorted(),
    ).toEqual(catalog.tables.toSorted())
  })
})

describe('constraints', () => {
  test('one live subscription of a person to an agent, whatever else there was', () => {
    expect(
      catalog.uniques.find((unique) => unique.name === 'user_agent_subscriptions_user_id_agent_id_live_key'),
    ).toMatchObject({
      columns: ['user_id', 'agent_id'],
      predicate: "(status = ANY (ARRAY['active'::text, 'trialing'::text]))",
    })
  })

  test('one subscription that is not over, so that checkout can lead back to it', () => {
    const open = catalog.uniques.find((unique) => unique.name === 'user_agent_subscriptions_user_id_agent_id_open_key')
    expect(open?.columns).toEqual(['user_id', 'agent_id'])
    for (const status of ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete']) {
      expect(open?.predicate).toContain(`'${status}'`)
    }
    expect(open?.predicate).not.toMatch(/canceled|incomplete_expired/)
  })

  test.each([
    ['reviews', 'rating', /rating >= 1\) AND \(rating <= 5/],
    ['subscription_addons', 'scope', /one_cycle.*permanent/],
    ['subscription_addons', 'source', /admin_grant.*purchased/],
    ['agent_pricing_tiers', 'currency', /\^\[A-Z\]\{3\}\$/],
    ['agent_metric_definitions', 'kind', /counter.*gauge/],
    ['subscription_usage', 'used', /used >= 0/],
    ['subscription_usage', 'period_end', /period_end > period_start/],
    ['tier_metric_quotas', 'quota_limit', /quota_limit >= 0/],
  ])('%s checks %s', (table, column, pattern) => {
    const check = catalog.checks.find((entry) => entry.table === table && entry.name === `${table}_${column}_check`)
    expect(check?.definition).toMatch(pattern)
  })

  test('a quota of null is possible and differs from zero', () => {
    const quota = catalog.columns.find(
      (column) => column.table === 'tier_metric_quotas' && column.name === 'quota_limit',
    )
    expect(quota).toMatchObject({ nullable: true, default: null })
  })
})

describe('cross-schema rules', () => {
  test('every agent_id refers to agents and goes with its agent', () => {
    const columns = catalog.columns.filter((column) => column.name === 'agent_id').map((column) => column.table)
    expect(columns.length).toBeGreaterThanOrEqual(12)
    for (const table of columns) {
      const key = catalog.foreignKeys.find((entry) => entry.table === table && entry.columns.join() === 'agent_id')
      // What is made from an agent's search row goes with that, and so with its agent.
      const parent = table === 'agent_suggestions' ? 'agent_search' : 'agents'
      expect([table, key?.foreignTable, key?.onDelete]).toEqual([table, parent, 'cascade'])
    }
  })

  test('every key of a business table to a person follows the rule for owned or for tracking data', () => {
    const keys = catalog.foreignKeys.filter((key) => key.foreignTable === 'user' && !isAuthTable(key.table))
    expect(Object.fromEntries(keys.map((key) => [`${key.table}.${key.columns.join()}`, key.onDelete]))).toEqual(
      keysToPeople,
    )
  })

  test('an agent outlives its organization and its OAuth client', () => {
    const keys = catalog.foreignKeys.filter((key) => key.table === 'agents')
    expect(keys.find((key) => key.columns[0] === 'organization_id')).toMatchObject({ onDelete: 'set null' })
    expect(keys.find((key) => key.columns[0] === 'oauth_client_id')).toMatchObject({
      foreignTable: 'oauth_client',
      onDelete: 'set null',
    })
  })

  test('no key of the auth tables stops a person from being deleted', () => {
    const keys = catalog.foreignKeys.filter((key) => isAuthTable(key.table) && key.foreignTable === 'user')
    expect(keys.length).toBeGreaterThan(8)
    for (const key of keys) expect([key.name, ['cascade', 'set null'].includes(key.onDelete)]).toEqual([key.name, true])
  })

  test('what is neither cascade nor set null waits for the end of the transaction', () => {
    for (const key of catalog.foreignKeys.filter((entry) => entry.onDelete === 'no action')) {
      expect([key.name, key.deferred]).toEqual([key.name, true])
    }
  })

  const isAuthTable = (table: string): boolean =>
    tablesOf(authSchema).some(([, entry]) => getTableName(entry) === table)
})

describe('naming and types', () => {
  test('every SQL name is the snake_case of its TypeScript name', () => {
    for (const [key, table] of tablesOf(schema)) {
      expect(getTableName(table)).toBe(snakeCase(key))
      for (const [field, column] of Object.entries(getTableColumns(table))) {
        expect(`${key}.${column.name}`).toBe(`${key}.${snakeCase(field)}`)
      }
    }
  })

  test('every moment in the database has a time zone', () => {
    const moments = catalog.columns.filter((column) => /timestamp|^time/.test(column.type))
    expect(moments.length).toBeGreaterThan(60)
    expect(moments.filter((column) => column.type !== 'timestamp with time zone')).toEqual([])
  })

  test('the moment a row was written or changed is never null and defaults to now()', () => {
    const written = /^(created_at|updated_at|installed_at|received_at|timestamp)$/
    // The search copies the agent's own moments.
    const columns = catalog.columns.filter((column) => written.test(column.name) && column.table !== 'agent_search')
    expect(columns.length).toBeGreaterThan(40)
    for (const column of columns) {
      expect([column.table, column.name, column.nullable, column.default]).toEqual([
        column.table,
        column.name,
        false,
        'now()',
      ])
    }
  })

  test('ids are UUIDs in business tables, made by either side', () => {
    const ids = catalog.columns.filter((column) => column.name === 'id' && businessNames.has(column.table))
    expect(ids.length).toBeGreaterThan(20)
    // The installation has one row and no id; a reservation's is that of the ledger entry that holds the units.
    for (const column of ids.filter(
      (entry) => !['installation', 'site_settings', 'usage_reservations'].includes(entry.table),
    )) {
      expect([column.table, column.type, column.default]).toEqual([column.table, 'uuid', 'gen_random_uuid()'])
    }
  })

  test('ids of people are text, as better-auth gives them', () => {
    const ids = catalog.columns.filter((column) => column.name === 'user_id')
    for (const column of ids)
      expect([column.table, column.type]).toEqual([column.table, expect.stringMatching(/^(text|character varying)/)])
  })

  test('booleans are never null and default to false, unless a null or a true has a meaning', () => {
    const booleans = catalog.columns.filter((column) => column.type === 'boolean')
    const others = booleans.filter((column) => column.nullable || column.default !== 'false')
    expect(others.map((column) => `${column.table}.${column.name}`).toSorted()).toEqual([
      // The key of the one row.
      'installation.id',
      // Null: the server's own setting holds.
      'oauth_client.backchannel_logout_session_required',
      'oauth_client.enable_end_session',
      'oauth_client.require_pkce',
      'oauth_client.skip_consent',
      // The key of the one row.
      'site_settings.id',
      // Set up by the plugin as verified; a pending one says false.
      'two_factor.verified',
    ])
  })

  test('money is in whole minor units', () => {
    for (const [table, column] of [
      ['agent_pricing_tiers', 'price'],
      ['user_agent_subscriptions', 'amount'],
      ['billing_entries', 'amount'],
    ]) {
      expect(catalog.columns.find((entry) => entry.table === table && entry.name === column)?.type).toBe('bigint')
    }
  })

  const businessNames = new Set(tablesOf(businessSchema).map(([, table]) => getTableName(table)))
})

describe('upkeep', () => {
  test('every foreign key has an index that starts with its columns', () => {
    const missing = catalog.foreignKeys.filter(
      (key) =>
        !catalog.indexes.some(
          (index) => index.table === key.table && index.columns[0] === key.columns[0] && index.coversAll(key),
        ),
    )
    // Each index costs every event, and metrics leave only with their agent.
    expect(missing.map((key) => key.name)).toEqual(['usage_ledger_metric_id_fkey'])
  })

  test('no index repeats the beginning of another', () => {
    const plain = catalog.indexes.filter((index) => index.predicate === null && index.method === 'btree')
    const repeated = plain.filter((index) =>
      plain.some(
        (other) =>
          other !== index &&
          other.table === index.table &&
          !index.isUnique &&
          index.columns.every((column, position) => other.columns[position] === column),
      ),
    )
    expect(repeated.map((index) => index.name)).toEqual([])
  })

  test('counters leave room on their pages for the next version of a row', () => {
    expect(catalog.options.get('subscription_usage')).toContain('fillfactor=60')
  })
})
