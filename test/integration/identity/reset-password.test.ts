import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { caller, openAccounts, password, someone, tokenFor, viewerOf } from './people.ts'
import type { People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

const newPassword = 'a quite different sentence'

async function forgetful() {
  const form = someone()
  const result = await people.accounts.signUp(caller(), form)
  if (result.kind !== 'done') throw new Error(result.kind)
  await people.accounts.requestPasswordReset(caller(), form.email)
  return { ...form, cookies: result.cookies, token: tokenFor(people, { to: form.email, template: 'reset-password' }) }
}

test('the link changes the password, ends every session, confirms the address and says so by mail', async () => {
  const { email, cookies, token } = await forgetful()
  expect(await people.accounts.readResetLink(caller(), token)).toEqual({ kind: 'open', email })
  expect(await people.accounts.resetPassword(caller(), { token, password: newPassword })).toEqual({
    kind: 'changed',
    email,
  })

  expect(await viewerOf(people, cookies)).toBeUndefined()
  expect(await people.accounts.signIn(caller(), { email, password })).toEqual({ kind: 'invalid_credentials' })
  const entered = await people.accounts.signIn(caller(), { email, password: newPassword })
  if (entered.kind !== 'signed_in') throw new Error(entered.kind)
  expect(await viewerOf(people, entered.cookies)).toMatchObject({ emailVerified: true })
  expect(people.mails.at(-1)).toMatchObject({ to: email, template: 'password-changed' })
})

test('reading the link does not spend it, using it does', async () => {
  const { token } = await forgetful()
  for (let count = 0; count < 3; count += 1) {
    expect((await people.accounts.readResetLink(caller(), token)).kind).toBe('open')
  }
  await people.accounts.resetPassword(caller(), { token, password: newPassword })
  expect(await people.accounts.readResetLink(caller(), token)).toEqual({ kind: 'link_expired' })
  expect(await people.accounts.resetPassword(caller(), { token, password: newPassword })).toEqual({
    kind: 'link_expired',
  })
})

test('used ten times at once, it works once', async () => {
  const { email, token } = await forgetful()
  const tries = Array.from({ length: 10 }, (_, n) => `password number ${n} of ten`)
  const results = await Promise.all(
    tries.map((text) => people.accounts.resetPassword(caller(), { token, password: text })),
  )
  expect(results.filter(({ kind }) => kind === 'changed')).toHaveLength(1)
  const winner = tries[results.findIndex(({ kind }) => kind === 'changed')] ?? ''
  expect((await people.accounts.signIn(caller(), { email, password: winner })).kind).toBe('signed_in')
})

test('past its hour it is expired', async () => {
  const { token } = await forgetful()
  await database.pool.query(`UPDATE verification SET expires_at = now() - interval '1 second'`)
  expect(await people.accounts.readResetLink(caller(), token)).toEqual({ kind: 'link_expired' })
  expect(await people.accounts.resetPassword(caller(), { token, password: newPassword })).toEqual({
    kind: 'link_expired',
  })
})

test('what the database keeps does not open the account', async () => {
  const { token } = await forgetful()
  const { rows } = await database.pool.query<{ identifier: string }>('SELECT identifier FROM verification')
  expect(JSON.stringify(rows)).not.toContain(token)
  for (const { identifier } of rows) {
    expect(await people.accounts.readResetLink(caller(), identifier)).toEqual({ kind: 'link_expired' })
  }
})

test.each(['', '\u0000', 'x'.repeat(10_000), '../../x', "' OR 1=1 --", 'dummy-verification-token'])(
  'a token like %j is no link',
  async (token) => {
    expect(await people.accounts.resetPassword(caller(), { token, password: newPassword })).toEqual({
      kind: 'link_expired',
    })
  },
)

test('a password that may not be used leaves the link open', async () => {
  const { email, token } = await forgetful()
  const refused = await people.accounts.resetPassword(caller(), { token, password: 'short' })
  expect(refused).toEqual({ kind: 'invalid', problem: 'too_short', email })
  expect((await people.accounts.resetPassword(caller(), { token, password: newPassword })).kind).toBe('changed')
})

test('asking is answered alike for known and unknown addresses, also in time', async () => {
  const { email } = await forgetful()
  const timed = async (address: string) => {
    const startedAt = performance.now()
    const answer = await people.accounts.requestPasswordReset(caller(), address)
    return { answer, ms: performance.now() - startedAt }
  }
  const known = await timed(email)
  const unknown = await timed('nobody@example.com')
  expect(known.answer).toEqual({ kind: 'sent' })
  expect(unknown.answer).toEqual(known.answer)
  expect(Math.min(known.ms, unknown.ms)).toBeGreaterThanOrEqual(290)
  expect(people.mails.some(({ to }) => to === 'nobody@example.com')).toBe(false)
})

test('five mails an hour are enough for any address, known or not', async () => {
  // The one who is known has asked once already.
  for (const [email, left] of [
    [(await forgetful()).email, 4],
    ['unknown@example.com', 5],
  ] as const) {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => people.accounts.requestPasswordReset(caller(), email)),
    )
    expect(answers.filter(({ kind }) => kind === 'sent')).toHaveLength(left)
  }
})

test('a link on its way is not sent once it would be dead', async () => {
  const { email } = await forgetful()
  const mail = people.mails.findLast(({ to, template }) => to === email && template === 'reset-password')
  const minutes = (Date.parse(mail?.usefulUntil ?? '') - Date.now()) / 60_000
  expect(minutes).toBeGreaterThan(59)
  expect(minutes).toBeLessThanOrEqual(60)
})
