import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { totpOf } from '#test/support/totp.ts'
import { caller, member, openAccounts, password, viewerOf } from './people.ts'
import type { Member, People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

/** Somebody whose second step is on; the code that turned it on is spent, so theirs is the next one. */
async function careful() {
  const person = await member(people)
  const begun = await people.own.beginTwoFactor(person.caller, password)
  if (begun.kind !== 'begun') throw new Error(begun.kind)
  const on = await people.own.confirmTwoFactor(person.caller, totpOf(begun.uri))
  if (on.kind !== 'on') throw new Error(on.kind)
  return { ...person, uri: begun.uri, recoveryCodes: on.recoveryCodes, caller: caller({ cookies: on.cookies }) }
}

/** A browser that has passed the password. */
async function challenged({ email }: Member, cookies: readonly string[] = []) {
  const result = await people.accounts.signIn(caller({ cookies }), { email, password })
  if (result.kind !== 'second_factor') throw new Error(result.kind)
  return caller({ cookies: [...cookies, ...result.cookies.filter((cookie) => !cookie.includes('Max-Age=0'))] })
}

const byApp = (code: string, trustsDevice = false) => ({ code, kind: 'authenticator', trustsDevice }) as const
const byRecovery = (code: string) => ({ code, kind: 'recovery', trustsDevice: false }) as const

test('nothing is on until a code confirms it, and the password is asked first', async () => {
  const person = await member(people)
  expect(await people.own.beginTwoFactor(person.caller, 'not it')).toEqual({ kind: 'wrong_password' })
  const begun = await people.own.beginTwoFactor(person.caller, password)
  expect(begun).toMatchObject({ uri: expect.stringMatching(/^otpauth:\/\/totp\/Rialto/) })
  expect(await people.own.confirmTwoFactor(person.caller, '000000')).toEqual({ kind: 'wrong_code' })
  expect((await people.accounts.signIn(caller(), { email: person.email, password })).kind).toBe('signed_in')
})

test('the password alone opens nothing; with the code it signs in, and a code opens once', async () => {
  const person = await careful()
  expect(person.recoveryCodes).toHaveLength(10)
  expect(people.mails.at(-1)).toMatchObject({ to: person.email, template: 'two-factor-changed' })
  const [browser, thief] = [await challenged(person), await challenged(person)]
  expect((await people.accounts.viewer(browser, { mustBeFresh: true })).viewer).toBeUndefined()

  const code = totpOf(person.uri, 1)
  const entered = await people.accounts.passSecondFactor(browser, byApp(` ${code.slice(0, 3)} ${code.slice(3)}`))
  if (entered.kind !== 'signed_in') throw new Error(entered.kind)
  expect(await viewerOf(people, entered.cookies)).toMatchObject({ id: person.id })
  expect(await people.accounts.passSecondFactor(thief, byApp(code))).toEqual({ kind: 'wrong_code' })
})

test('a recovery code works once, with or without its hyphen', async () => {
  const person = await careful()
  const [first = ''] = person.recoveryCodes
  const typed = first.replace('-', '')
  expect((await people.accounts.passSecondFactor(await challenged(person), byRecovery(typed))).kind).toBe('signed_in')
  expect(await people.accounts.passSecondFactor(await challenged(person), byRecovery(first))).toEqual({
    kind: 'wrong_code',
  })
  expect(await people.own.countRecoveryCodes(person.caller)).toBe(9)
  const renewed = await people.own.renewRecoveryCodes(person.caller, password)
  if (renewed.kind !== 'renewed') throw new Error(renewed.kind)
  expect(renewed.recoveryCodes).toHaveLength(10)
  expect(renewed.recoveryCodes).not.toContain(person.recoveryCodes[1])
})

test('five wrong codes end the attempt, ten in a row lock the second step for a while', async () => {
  const person = await careful()
  const guess = async (browser: Parameters<People['accounts']['viewer']>[0]) =>
    (await people.accounts.passSecondFactor(browser, byApp('000000'))).kind
  const first = await challenged(person)
  for (let count = 0; count < 5; count += 1) expect(await guess(first)).toBe('wrong_code')
  expect(await guess(first)).toBe('start_again')
  const second = await challenged(person)
  for (let count = 0; count < 5; count += 1) await guess(second)
  expect(await people.accounts.passSecondFactor(await challenged(person), byApp(totpOf(person.uri, 1)))).toMatchObject({
    kind: 'rate_limited',
  })
})

test('a trusted browser is asked for the password alone, until the password changes', async () => {
  const person = await careful()
  const entered = await people.accounts.passSecondFactor(await challenged(person), byApp(totpOf(person.uri, 1), true))
  if (entered.kind !== 'signed_in') throw new Error(entered.kind)
  const trust = entered.cookies.filter((cookie) => cookie.includes('trust_device'))
  const again = await people.accounts.signIn(caller({ cookies: trust }), { email: person.email, password })
  expect(again.kind).toBe('signed_in')
  const other = await careful()
  await challenged(other, trust)

  const newPassword = 'a quite different sentence'
  await people.own.changePassword(person.caller, { password, newPassword })
  const trusted = caller({ cookies: trust })
  const later = await people.accounts.signIn(trusted, { email: person.email, password: newPassword })
  expect(later.kind).toBe('second_factor')
})

test('turning it off takes the password', async () => {
  const person = await careful()
  expect(await people.own.endTwoFactor(person.caller, 'not it')).toEqual({ kind: 'wrong_password' })
  expect((await people.own.endTwoFactor(person.caller, password)).kind).toBe('off')
  expect((await people.accounts.signIn(caller(), { email: person.email, password })).kind).toBe('signed_in')
})
