import { afterAll, beforeAll, expect, test } from 'vitest'
import { leftOut, personalTables } from '#src/identity/people/export/personal-data.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { agedSession, member, openAccounts, password } from './people.ts'
import type { Member, People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

async function exported(person: Member): Promise<{ text: string; tables: Record<string, Record<string, unknown>[]> }> {
  const result = await people.own.exportData(person.caller, '')
  if (result.kind !== 'ready') throw new Error(result.kind)
  const pieces: string[] = []
  for await (const piece of result.json) pieces.push(piece)
  const text = pieces.join('')
  return { text, ...(JSON.parse(text) as { tables: Record<string, Record<string, unknown>[]> }) }
}

test('every table that refers to a person, or to what a person owns, is exported or left out with a reason', async () => {
  const { rows } = await database.pool.query<{ name: string }>(`
    SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
     WHERE contype = 'f' AND confrelid IN ('"user"'::regclass, 'user_agent_subscriptions'::regclass)
    UNION
    SELECT table_name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name IN ('user_id', 'email', 'user_email', 'created_by', 'inviter_id')`)
  const known = new Set([...personalTables.map(({ table }) => table), ...Object.keys(leftOut)])
  // Addresses of the operator's own mailboxes, which are settings and belong to nobody.
  const referring = rows.map(({ name }) => name.replaceAll('"', '')).filter((name) => name !== 'interaction_recipients')
  expect(referring.filter((name) => !known.has(name))).toEqual([])
  expect([...known].filter((name) => !referring.includes(name))).toEqual([])
})

test('a person gets their own rows, and nothing of others', async () => {
  const [person, other] = await Promise.all([member(people), member(people)])
  await people.organizations.create(person.caller, { name: 'Engines', slug: 'engines' })
  const { text, tables } = await exported(person)
  expect(tables['user']).toMatchObject([{ id: person.id, email: person.email }])
  expect(tables['organization_member']).toMatchObject([{ role: 'owner' }])
  expect(tables['audit_logs']).toContainEqual(expect.objectContaining({ action: 'organization.create' }))
  expect(Object.keys(tables)).toEqual(personalTables.map(({ table }) => table))
  expect(text).not.toContain(other.id)
})

test('nothing in it opens anything', async () => {
  const person = await member(people)
  await people.own.beginTwoFactor(person.caller, password)
  const { text } = await exported(person)
  const { rows } = await database.pool.query<Record<string, string>>(
    `SELECT session.token, account.password, two_factor.secret, two_factor.backup_codes
       FROM session JOIN account USING (user_id) JOIN two_factor USING (user_id) WHERE user_id = $1`,
    [person.id],
  )
  const secrets = Object.values(rows[0] ?? {})
  expect(secrets).toHaveLength(4)
  for (const secret of secrets) expect(text).not.toContain(secret)
})

test('more rows than a batch holds all come, once', async () => {
  const person = await member(people)
  await database.pool.query(
    `INSERT INTO audit_logs (user_id, action, resource) SELECT $1, 'test.' || n, 'person' FROM generate_series(1, 1203) n`,
    [person.id],
  )
  const { tables } = await exported(person)
  const actions = tables['audit_logs']
    ?.map(({ action }) => action)
    .filter((action) => String(action).startsWith('test.'))
  expect(new Set(actions).size).toBe(1_203)
  expect(actions).toHaveLength(1_203)
})

test('an address that is not confirmed brings no rows that only the address names', async () => {
  const [inviter, person] = [await member(people), await member(people, { emailVerified: false })]
  await people.organizations.create(inviter.caller, { name: 'Analysts', slug: 'analysts' })
  await people.organizations.invite(inviter.caller, 'analysts', { email: person.email, role: 'member' })
  expect((await exported(person)).tables['organization_invitation']).toEqual([])
})

test('long after signing in it takes the password', async () => {
  const person = await member(people)
  await agedSession(database, person)
  expect(await people.own.exportData(person.caller, 'not it')).toEqual({ kind: 'wrong_password' })
  expect((await people.own.exportData(person.caller, password)).kind).toBe('ready')
})
