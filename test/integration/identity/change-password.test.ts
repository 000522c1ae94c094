import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { caller, member, openAccounts, password, signedIn, someone, tokenFor, viewerOf } from './people.ts'
import type { People } from './people.ts'

const leaked = 'a password that has leaked'
const newPassword = 'a quite different sentence'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database, isBreached: async (text) => text === leaked })
})
afterAll(() => database.drop())

test('a new password signs every other device out and keeps this one in', async () => {
  const person = await member(people)
  const other = await signedIn(people, person.email)
  const result = await people.own.changePassword(person.caller, { password, newPassword })
  if (result.kind !== 'changed') throw new Error(result.kind)
  expect(await viewerOf(people, result.cookies)).toMatchObject({ id: person.id })
  for (const ended of [other, person.caller]) {
    expect((await people.accounts.viewer(ended, { mustBeFresh: false })).viewer).toBeUndefined()
  }
  expect(await people.accounts.signIn(caller(), { email: person.email, password })).toEqual({
    kind: 'invalid_credentials',
  })
  expect(people.mails.at(-1)).toMatchObject({ to: person.email, template: 'password-changed' })
})

test('a wrong, a weak and an unchanged password change nothing', async () => {
  const person = await member(people)
  const change = (form: { password: string; newPassword: string }) => people.own.changePassword(person.caller, form)
  expect(await change({ password: 'not it', newPassword })).toEqual({ kind: 'wrong_password' })
  expect(await change({ password, newPassword: 'short' })).toEqual({ kind: 'invalid', problem: 'too_short' })
  expect(await change({ password, newPassword: password })).toEqual({ kind: 'invalid', problem: 'unchanged' })
  await signedIn(people, person.email)
})

test('a leaked password is refused wherever one is chosen', async () => {
  const person = await member(people)
  expect(await people.own.changePassword(person.caller, { password, newPassword: leaked })).toEqual({
    kind: 'invalid',
    problem: 'breached',
  })
  expect(await people.accounts.signUp(caller(), { ...someone(), password: leaked })).toEqual({
    kind: 'invalid',
    problems: { password: 'breached' },
  })
  await people.accounts.requestPasswordReset(caller(), person.email)
  const token = tokenFor(people, { to: person.email, template: 'reset-password' })
  expect(await people.accounts.resetPassword(caller(), { token, password: leaked })).toMatchObject({
    kind: 'invalid',
    problem: 'breached',
  })
})
