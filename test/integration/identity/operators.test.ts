import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantOperator, revokeOperator } from '#src/identity/operators/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { caller, member, openAccounts, someone, tokenFor } from './people.ts'
import type { People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

const isOperator = async (browser: Parameters<People['accounts']['viewer']>[0]) =>
  (await people.accounts.viewer(browser, { mustBeFresh: false })).viewer?.isOperator

const audited = async (personId: string) => {
  const { rows } = await database.pool.query<{ action: string }>(
    "SELECT action FROM audit_logs WHERE resource = 'person' AND resource_id = $1 ORDER BY timestamp",
    [personId],
  )
  return rows.map(({ action }) => action)
}

test('rights come and go with the next page load, and the trail says so', async () => {
  const person = await member(people)
  expect(await isOperator(person.caller)).toBe(false)
  expect(await grantOperator(database.db, person.email)).toEqual({ kind: 'granted' })
  expect(await isOperator(person.caller)).toBe(true)
  expect(await grantOperator(database.db, person.email)).toEqual({ kind: 'already' })
  expect(await revokeOperator(database.db, person.email)).toMatchObject({ kind: 'revoked', operatorsLeft: 0 })
  expect(await isOperator(person.caller)).toBe(false)
  expect(await revokeOperator(database.db, person.email)).toMatchObject({ kind: 'none' })
  expect(await audited(person.id)).toEqual(['operator.grant', 'operator.revoke'])
})

test('a grant waits until the address has signed up and is confirmed', async () => {
  const form = someone()
  expect(await grantOperator(database.db, form.email)).toEqual({ kind: 'pending' })
  const result = await people.accounts.signUp(caller(), form)
  if (result.kind !== 'done') throw new Error(result.kind)
  const browser = caller({ cookies: result.cookies })
  expect(await isOperator(browser)).toBe(false)
  expect(await grantOperator(database.db, form.email)).toEqual({ kind: 'pending' })

  const token = tokenFor(people, { to: form.email, template: 'verify-email' })
  await people.accounts.verifyEmail(browser, { token, isConfirmed: true })
  expect(await isOperator(browser)).toBe(true)
})

test('a waiting grant can be taken back, and ends by itself', async () => {
  const [withdrawn, expired] = [
    await member(people, { emailVerified: false }),
    await member(people, { emailVerified: false }),
  ]
  await grantOperator(database.db, withdrawn.email)
  expect(await revokeOperator(database.db, withdrawn.email)).toMatchObject({ kind: 'pending' })
  await grantOperator(database.db, expired.email)
  await database.pool.query("UPDATE verification SET expires_at = now() - interval '1 second' WHERE identifier = $1", [
    `operator-grant:${expired.email}`,
  ])
  const { internalAdapter } = await people.auth.server.$context
  for (const person of [withdrawn, expired]) {
    await internalAdapter.updateUser(person.id, { emailVerified: true })
    expect(await isOperator(person.caller)).toBe(false)
  }
})

test('granted while the address is being confirmed, it is never lost', async () => {
  const { internalAdapter } = await people.auth.server.$context
  for (let round = 0; round < 5; round += 1) {
    const person = await member(people, { emailVerified: false })
    await Promise.all([
      internalAdapter.updateUser(person.id, { emailVerified: true }),
      grantOperator(database.db, person.email),
    ])
    expect(await isOperator(person.caller)).toBe(true)
  }
})
