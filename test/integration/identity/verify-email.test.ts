import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { caller, openAccounts, someone, tokenFor, viewerOf } from './people.ts'
import type { People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

async function newcomer() {
  const form = someone()
  const result = await people.accounts.signUp(caller(), form)
  if (result.kind !== 'done') throw new Error(result.kind)
  return { ...form, cookies: result.cookies, token: tokenFor(people, { to: form.email, template: 'verify-email' }) }
}

const isVerified = async (email: string): Promise<boolean> => {
  const { rows } = await database.pool.query('SELECT email_verified FROM "user" WHERE email = $1', [email])
  return rows[0].email_verified
}

test('opening the link in the browser that signed up confirms, and its next page knows', async () => {
  const { email, cookies, token } = await newcomer()
  const result = await people.accounts.verifyEmail(caller({ cookies }), { token, isConfirmed: false })
  if (result.kind !== 'verified') throw new Error(result.kind)

  const renewed = [...cookies.filter((cookie) => !cookie.startsWith('rialto.session_data=')), ...result.cookies]
  const { viewer } = await people.accounts.viewer(caller({ cookies: renewed }), { mustBeFresh: false })
  expect(viewer).toMatchObject({ email, emailVerified: true })
})

test('a program that opens every link confirms nothing; a press of the button does', async () => {
  const { email, token } = await newcomer()
  const scanned = await people.accounts.verifyEmail(caller(), { token, isConfirmed: false })
  expect(scanned).toEqual({ kind: 'needs_confirmation', email })
  expect(await isVerified(email)).toBe(false)

  const pressed = await people.accounts.verifyEmail(caller(), { token, isConfirmed: true })
  expect(pressed).toMatchObject({ kind: 'verified', email, cookies: [] })
  expect(await isVerified(email)).toBe(true)
})

test('a browser that loads pages ahead confirms nothing', async () => {
  const { cookies, token } = await newcomer()
  const ahead = caller({ cookies, headers: { 'sec-purpose': 'prefetch;prerender' } })
  expect(await people.accounts.verifyEmail(ahead, { token, isConfirmed: false })).toMatchObject({
    kind: 'needs_confirmation',
  })
})

test('somebody else who is signed in is asked first, and stays who they are', async () => {
  const { email, token } = await newcomer()
  const other = await newcomer()
  const guest = caller({ cookies: other.cookies })
  expect(await people.accounts.verifyEmail(guest, { token, isConfirmed: false })).toMatchObject({
    kind: 'needs_confirmation',
    email,
  })
  await people.accounts.verifyEmail(guest, { token, isConfirmed: true })
  expect(await viewerOf(people, other.cookies)).toMatchObject({ email: other.email, emailVerified: false })
})

test('the link used again says that it is done', async () => {
  const { email, token } = await newcomer()
  await people.accounts.verifyEmail(caller(), { token, isConfirmed: true })
  for (const isConfirmed of [true, false]) {
    expect(await people.accounts.verifyEmail(caller(), { token, isConfirmed })).toEqual({
      kind: 'already_verified',
      email,
    })
  }
})

const sign = (claims: Record<string, unknown>, { expires, secret }: { expires: string; secret: string }) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))

test('a link past its time is expired', async () => {
  const { email } = await newcomer()
  const token = await sign({ email, userId: 'x' }, { expires: '-1 s', secret: people.auth.secret })
  expect(await people.accounts.verifyEmail(caller(), { token, isConfirmed: true })).toEqual({ kind: 'link_expired' })
})

test('nothing but our own signature over this account and this address counts', async () => {
  const { email, token } = await newcomer()
  const other = await newcomer()
  const { rows } = await database.pool.query('SELECT id FROM "user" WHERE email = $1', [email])
  const claims = { email, userId: rows[0].id }
  const foreign = [
    await sign(claims, { expires: '1 h', secret: 'another secret with at least 32 characters' }),
    await sign({ ...claims, email: other.email }, { expires: '1 h', secret: people.auth.secret }),
    await sign({ ...claims, updateTo: 'eve@example.com' }, { expires: '1 h', secret: people.auth.secret }),
    await sign({ purpose: 'something else' }, { expires: '1 h', secret: people.auth.secret }),
    `${token.slice(0, -2)}xx`,
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    '',
    '\u0000',
    'x'.repeat(10_000),
  ]
  for (const text of foreign) {
    expect(await people.accounts.verifyEmail(caller(), { token: text, isConfirmed: true })).toEqual({
      kind: 'link_unknown',
    })
  }
  expect(await isVerified(email)).toBe(false)
})

test('the link of an account that is gone is unknown', async () => {
  const { email, token } = await newcomer()
  await database.pool.query('DELETE FROM "user" WHERE email = $1', [email])
  expect(await people.accounts.verifyEmail(caller(), { token, isConfirmed: true })).toEqual({ kind: 'link_unknown' })
})

test('asking for a new link is answered alike for every address, and sends one only where it is needed', async () => {
  const waiting = await newcomer()
  const done = await newcomer()
  await people.accounts.verifyEmail(caller(), { token: done.token, isConfirmed: true })
  people.mails.length = 0

  for (const email of [waiting.email, done.email, 'nobody@example.com']) {
    const startedAt = performance.now()
    expect(await people.accounts.requestVerification(caller(), email)).toEqual({ kind: 'sent' })
    expect(performance.now() - startedAt).toBeGreaterThan(290)
  }
  expect(people.mails.map(({ to, template }) => [to, template])).toEqual([[waiting.email, 'verify-email']])
})

test('five new links an hour are enough for any address, known or not', async () => {
  for (const email of [(await newcomer()).email, 'unknown@example.com']) {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => people.accounts.requestVerification(caller(), email)),
    )
    expect(answers.filter(({ kind }) => kind === 'rate_limited')).toHaveLength(1)
  }
})
