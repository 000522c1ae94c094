import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { agedSession, caller, member, openAccounts, password } from './people.ts'
import type { People } from './people.ts'

// What a real authenticator does is seen in test/browser/account.test.ts.

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

test('a browser is asked for a proof of its person, both when a passkey is made and when it is used', async () => {
  const person = await member(people)
  const made = await people.own.beginPasskey(person.caller, '')
  expect(made).toMatchObject({
    options: { authenticatorSelection: { residentKey: 'required', userVerification: 'required' } },
  })
  const used = await people.accounts.beginPasskeySignIn(person.caller)
  expect(used).toMatchObject({ options: { userVerification: 'required', rpId: 'localhost' } })
  expect(JSON.stringify(used)).not.toContain('allowCredentials')
})

test('a passkey is kept under the name that the marketplace has now', async () => {
  const person = await member(people)
  await database.pool.query(`INSERT INTO site_settings (name) VALUES ('Mercato')
    ON CONFLICT (id) DO UPDATE SET name = excluded.name`)
  expect(await people.own.beginPasskey(person.caller, '')).toMatchObject({
    options: { rp: { id: 'localhost', name: 'Mercato' } },
  })
})

test('long after signing in the password comes first', async () => {
  const person = await member(people)
  await agedSession(database, person)
  expect(await people.own.beginPasskey(person.caller, '')).toEqual({ kind: 'wrong_password' })
  expect((await people.own.beginPasskey(person.caller, password)).kind).toBe('begun')
})

test.each(['', '{', 'null', '[]', '{"id":"x"}', '{"id":"x","response":{}}', 'x'.repeat(30_000)])(
  'the made-up answer %.30s opens and adds nothing',
  async (credential) => {
    const begun = await people.accounts.beginPasskeySignIn(caller())
    if (begun.kind !== 'begun') throw new Error(begun.kind)
    const browser = caller({ cookies: begun.cookies })
    expect(await people.accounts.signInWithPasskey(browser, credential)).toEqual({ kind: 'failed' })
  },
)

test('nobody renames or removes the passkey of somebody else', async () => {
  const [person, stranger] = await Promise.all([member(people), member(people)])
  await database.pool.query(
    `INSERT INTO passkey (id, name, public_key, user_id, credential_id, counter, device_type)
     VALUES ('p1', 'Laptop', 'key', $1, 'credential', 0, 'singleDevice')`,
    [person.id],
  )
  await people.own.renamePasskey(stranger.caller, { passkeyId: 'p1', name: 'Mine' })
  await people.own.removePasskey(stranger.caller, 'p1')
  expect(await people.own.passkeys(person.caller)).toMatchObject([{ id: 'p1', name: 'Laptop' }])
  await people.own.removePasskey(person.caller, 'p1')
  expect(await people.own.passkeys(person.caller)).toEqual([])
})
