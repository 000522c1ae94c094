import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
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

async function member() {
  const form = someone()
  const result = await people.accounts.signUp(caller(), form)
  if (result.kind !== 'done') throw new Error(result.kind)
  return { ...form, cookies: result.cookies }
}

test('the right password signs in, and signing out ends the session everywhere', async () => {
  const { email } = await member()
  const result = await people.accounts.signIn(caller(), { email: ` ${email.toUpperCase()} `, password })
  if (result.kind !== 'signed_in') throw new Error(result.kind)
  expect(await viewerOf(people, result.cookies)).toMatchObject({ email })

  const cleared = await people.accounts.signOut(caller({ cookies: result.cookies }))
  expect(cleared.join('\n')).toContain('Max-Age=0')
  expect(await viewerOf(people, result.cookies)).toBeUndefined()
})

test('signing out without a session is no error', async () => {
  await expect(people.accounts.signOut(caller())).resolves.toBeInstanceOf(Array)
})

test('a wrong password and an unknown address are answered alike, after the same costly work', async () => {
  const { email } = await member()
  const { password: hasher } = await people.auth.server.$context
  const hashes = vi.spyOn(hasher, 'hash')
  const comparisons = vi.spyOn(hasher, 'verify')
  const wrong = await people.accounts.signIn(caller(), { email, password: 'not the password' })
  expect(comparisons.mock.calls.length + hashes.mock.calls.length).toBe(1)
  const unknown = await people.accounts.signIn(caller(), { email: 'nobody@example.com', password: 'not the password' })
  expect(comparisons.mock.calls.length + hashes.mock.calls.length).toBe(2)
  expect(wrong).toEqual({ kind: 'invalid_credentials' })
  expect(unknown).toEqual(wrong)
  vi.restoreAllMocks()
})

test.each([
  ['NUL', '\u0000', 'x\u0000'],
  ['ten kilobytes', 'a'.repeat(10_000), 'b'.repeat(10_000)],
  ['nothing', '', ''],
  ['SQL', "' OR 1=1 --", "' OR 1=1 --"],
])('%s instead of an address and a password is just wrong', async (_what, email, text) => {
  expect(await people.accounts.signIn(caller(), { email, password: text })).toEqual({ kind: 'invalid_credentials' })
})

test('a forged or foreign session cookie is nobody', async () => {
  const { cookies } = await member()
  const forged = cookies.map((cookie) => cookie.replace(/=([^;]{4})/, '=AAAA'))
  expect(await viewerOf(people, forged)).toBeUndefined()
  expect((await people.accounts.viewer(caller({ cookies: forged }), { mustBeFresh: false })).viewer).toBeUndefined()
})

test('somebody suspended is told so, and only with the right password', async () => {
  const { email } = await member()
  await database.pool.query('UPDATE "user" SET banned = true WHERE email = $1', [email])
  expect(await people.accounts.signIn(caller(), { email, password })).toEqual({ kind: 'suspended' })
  expect(await people.accounts.signIn(caller(), { email, password: 'not the password' })).toEqual({
    kind: 'invalid_credentials',
  })
})

test('a session that was ended counts on no page any more, whatever its signed copy in the cookie says', async () => {
  const { cookies } = await member()
  expect(cookies.find((cookie) => cookie.startsWith('rialto.session_data='))).toContain('Max-Age=60;')
  expect((await people.accounts.viewer(caller({ cookies }), { mustBeFresh: false })).viewer).toBeDefined()
  await database.pool.query('DELETE FROM session')
  for (const mustBeFresh of [false, true]) {
    expect((await people.accounts.viewer(caller({ cookies }), { mustBeFresh })).viewer).toBeUndefined()
  }
})

describe('guessing passwords', () => {
  const guess = (email: string, address?: string) =>
    people.accounts.signIn(caller(address === undefined ? {} : { address }), { email, password: 'not the password' })

  test('ten wrong ones from one place are the last; the owner elsewhere still gets in', async () => {
    const { email } = await member()
    const address = '203.0.113.7'
    for (let count = 0; count < 10; count += 1) expect((await guess(email, address)).kind).toBe('invalid_credentials')
    const refused = await people.accounts.signIn(caller({ address }), { email, password })
    expect(refused.kind).toBe('rate_limited')
    expect(refused).toMatchObject({ retryAfterSeconds: expect.any(Number) })
    expect((await people.accounts.signIn(caller(), { email, password })).kind).toBe('signed_in')
  })

  test('an account is protected from many places at once', async () => {
    const { email } = someone()
    const answers = await Promise.all(Array.from({ length: 60 }, () => guess(email)))
    expect(answers.filter(({ kind }) => kind === 'rate_limited')).toHaveLength(10)
  })

  test('one place can not try many accounts, and an IPv6 place is its whole /64', async () => {
    const answers = await Promise.all(
      Array.from({ length: 110 }, (_, n) => guess(`nobody-${n}@example.com`, `2001:db8:1:2::${n.toString(16)}`)),
    )
    expect(answers.filter(({ kind }) => kind === 'rate_limited')).toHaveLength(10)
  })

  test('getting it right forgets the wrong ones', async () => {
    const { email } = await member()
    const address = '203.0.113.8'
    for (let count = 0; count < 9; count += 1) await guess(email, address)
    await people.accounts.signIn(caller({ address }), { email, password })
    for (let count = 0; count < 9; count += 1) expect((await guess(email, address)).kind).toBe('invalid_credentials')
  })

  test('what is counted names nobody', async () => {
    const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM attempt_limits')
    expect(rows.length).toBeGreaterThan(0)
    for (const { key } of rows) expect(key).not.toMatch(/@|example|203\.0/)
  })
})
