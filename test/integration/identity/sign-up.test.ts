import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { caller, openAccounts, password, someone, viewerOf } from './people.ts'
import type { People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

const signUp = (form: ReturnType<typeof someone>) => people.accounts.signUp(caller(), form)
const countUsers = async (email: string): Promise<number> =>
  (await database.pool.query('SELECT FROM "user" WHERE email = $1', [email])).rowCount ?? 0

test('signing up signs in, unverified, and sends one link', async () => {
  const form = someone()
  const result = await signUp(form)
  if (result.kind !== 'done') throw new Error(result.kind)
  expect(await viewerOf(people, result.cookies)).toMatchObject({
    name: form.name,
    email: form.email,
    emailVerified: false,
    isOperator: false,
  })
  expect(people.mails.filter(({ to }) => to === form.email).map(({ template }) => template)).toEqual(['verify-email'])
})

test('addresses that differ by case are one account', async () => {
  const form = someone()
  await signUp({ ...form, email: form.email.toUpperCase() })
  await signUp(form)
  expect(await countUsers(form.email)).toBe(1)
})

test('a taken address changes nothing, tells its owner by mail, and the answer looks the same', async () => {
  const form = someone()
  await signUp(form)
  const answer = await signUp({ ...form, name: 'Mallory', password: 'another password 1' })

  expect(answer).toEqual({ kind: 'done', cookies: [] })
  expect(people.mails.at(-1)).toMatchObject({ to: form.email, template: 'account-exists' })
  const { rows } = await database.pool.query('SELECT name FROM "user" WHERE email = $1', [form.email])
  expect(rows).toEqual([{ name: 'Ada Lovelace' }])
  expect(await people.accounts.signIn(caller(), { ...form, password: 'another password 1' })).toEqual({
    kind: 'invalid_credentials',
  })
})

test('the right password signs in, so that a second press of the button does no harm', async () => {
  const form = someone()
  await signUp(form)
  const again = await signUp(form)
  if (again.kind !== 'done') throw new Error(again.kind)
  expect(await viewerOf(people, again.cookies)).toMatchObject({ email: form.email })
})

test('four sign-ups at once with one address make one account, and all of them work', async () => {
  const form = someone()
  const answers = await Promise.all(Array.from({ length: 4 }, () => people.accounts.signUp(caller(), form)))
  expect(await countUsers(form.email)).toBe(1)
  for (const answer of answers) {
    if (answer.kind !== 'done') throw new Error(answer.kind)
    expect(await viewerOf(people, answer.cookies)).toMatchObject({ email: form.email })
  }
})

test('the second of two waits until the first has written the password, however long a busy database takes', async () => {
  const form = someone()
  await signUp(form)
  const { rows } = await database.pool.query(
    `WITH gone AS (DELETE FROM account USING "user" WHERE "user".id = account.user_id AND email = $1 RETURNING account.*)
     SELECT to_jsonb(gone) AS account FROM gone`,
    [form.email],
  )
  await database.pool.query('UPDATE "user" SET created_at = now() WHERE email = $1', [form.email])
  const second = signUp(form)
  await sleep(900)
  await database.pool.query('INSERT INTO account SELECT * FROM jsonb_populate_record(NULL::account, $1)', [
    rows[0]?.account,
  ])
  const answer = await second
  if (answer.kind !== 'done') throw new Error(answer.kind)
  expect(await viewerOf(people, answer.cookies)).toMatchObject({ email: form.email })
})

test('a free and a taken address are answered at the same moment, which both reach with time to spare', async () => {
  const taken = someone()
  await signUp(taken)
  const duration = async (form: ReturnType<typeof someone>): Promise<number> => {
    const startedAt = performance.now()
    await signUp(form)
    return performance.now() - startedAt
  }
  const free = await duration(someone())
  const used = await duration({ ...taken, password: 'another password 1' })
  // How long either really took is hidden behind the common moment; that it came early would show.
  expect(Math.min(free, used)).toBeGreaterThanOrEqual(590)
})

test.each([
  ['no address', { email: ' ' }, { email: 'missing' }],
  ['no real address', { email: 'ada@' }, { email: 'malformed' }],
  ['a second header in the address', { email: 'ada@example.com\r\nBcc: all@example.com' }, { email: 'malformed' }],
  ['NUL in the address', { email: 'a\u0000@example.com' }, { email: 'malformed' }],
  ['ten kilobytes of address', { email: `${'a'.repeat(10_000)}@example.com` }, { email: 'malformed' }],
  ['no name', { name: '' }, { name: 'missing' }],
  ['NUL in the name', { name: 'Ada\u0000' }, { name: 'unprintable' }],
  ['half a character in the name', { name: 'Ada \ud800' }, { name: 'unprintable' }],
  ['a name written backwards', { name: 'Ada \u202eecalevoL' }, { name: 'unprintable' }],
  ['ten kilobytes of name', { name: 'x'.repeat(10_000) }, { name: 'too_long' }],
  ['no password', { password: '' }, { password: 'missing' }],
  ['a short password', { password: 'ninechars' }, { password: 'too_short' }],
  ['ten kilobytes of password', { password: 'x1'.repeat(5_000) }, { password: 'too_long' }],
  ['a password everybody uses', { password: 'Qwertyuiop' }, { password: 'common' }],
  ['two characters again and again', { password: 'ababababab' }, { password: 'common' }],
  ['the name as the password', { password: 'AdaLovelace', name: 'adalovelace' }, { password: 'personal' }],
])('%s is refused with its reason', async (_what, change, problems) => {
  const form = { ...someone(), ...change }
  expect(await signUp(form)).toEqual({ kind: 'invalid', problems })
})

test('a password may be a long sentence in any script', async () => {
  const form = { ...someone(), password: 'Im Märzen der Bauer 🐎 die Rösslein einspannt, 三月' }
  await signUp(form)
  expect(await people.accounts.signIn(caller(), form)).toMatchObject({ kind: 'signed_in' })
})

test('a password with 128 characters outside the basic plane works', async () => {
  const form = {
    ...someone(),
    password: Array.from({ length: 128 }, (_, n) => String.fromCodePoint(0x1f300 + n)).join(''),
  }
  await signUp(form)
  expect(await people.accounts.signIn(caller(), form)).toMatchObject({ kind: 'signed_in' })
})

test('one address can not be signed up without end, whatever network it comes from', async () => {
  const form = someone()
  const answers = await Promise.all(Array.from({ length: 6 }, () => people.accounts.signUp(caller(), form)))
  expect(answers.filter(({ kind }) => kind === 'rate_limited')).toHaveLength(1)
})

test('no password, address or token gets into the log', async () => {
  const form = { ...someone(), password: 'planted secret 123' }
  await signUp(form)
  await signUp({ ...form, password: `${password} other` })
  await people.accounts.signIn(caller(), { ...form, password: 'planted wrong 456' })
  const text = people.logLines.join('')
  for (const planted of ['planted', form.email, password]) expect(text).not.toContain(planted)
})
