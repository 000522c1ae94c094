import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { agedSession, caller, member, openAccounts, password, signedIn, someone } from './people.ts'
import type { Member, People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

const mailsTo = (email: string) => people.mails.filter(({ to }) => to === email)

function confirmToken(email: string): string {
  const token = /\/confirm\/(\S+)/.exec(mailsTo(email).at(-1)?.text ?? '')?.[1]
  if (token === undefined) throw new Error(`No link to confirm ${email}`)
  return token
}

async function ask(person: Member): Promise<string> {
  const { email } = someone()
  const result = await people.own.requestEmailChange(person.caller, { email, password: '' })
  expect(result).toEqual({ kind: 'sent' })
  return email
}

test('without a session there is no account to read', async () => {
  await expect(people.own.profile(caller())).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a new name is seen on the next page, also by a browser that carries the old one', async () => {
  const person = await member(people)
  const other = await signedIn(people, person.email)
  expect((await people.own.changeName(person.caller, '  Ada King ')).kind).toBe('changed')
  const seen = await people.accounts.viewer(other, { mustBeFresh: false })
  expect(seen.viewer).toMatchObject({ name: 'Ada King' })
  expect(await people.own.changeName(person.caller, 'Ada\u202eKing')).toEqual({
    kind: 'invalid',
    problem: 'unprintable',
  })
})

describe('changing the address', () => {
  test('asks the new mailbox, tells the old one, and changes nothing until the link is used', async () => {
    const person = await member(people)
    const email = await ask(person)
    expect(mailsTo(person.email).at(-1)).toMatchObject({ template: 'email-change-asked' })
    expect(await people.own.profile(person.caller)).toMatchObject({ email: person.email, waitingEmail: email })

    const token = confirmToken(email)
    expect(await people.own.readEmailChange(caller(), token)).toEqual({ kind: 'open', email })
    expect(await people.own.confirmEmailChange(caller(), token)).toEqual({ kind: 'changed', email })
    expect(await people.own.profile(person.caller)).toMatchObject({ email, waitingEmail: undefined })
    expect(mailsTo(person.email).at(-1)).toMatchObject({ template: 'email-changed' })
    expect(await people.accounts.signIn(caller(), { email: person.email, password })).toEqual({
      kind: 'invalid_credentials',
    })
    await signedIn(people, email)
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS count FROM audit_logs WHERE user_id = $1 AND action = 'person.change_email'",
      [person.id],
    )
    expect(rows).toEqual([{ count: 1 }])
  })

  test('a link works once, however many press at once, and only the newest one', async () => {
    const person = await member(people)
    const old = confirmToken(await ask(person))
    const token = confirmToken(await ask(person))
    expect(await people.own.confirmEmailChange(caller(), old)).toEqual({ kind: 'link_expired' })
    const results = await Promise.all(Array.from({ length: 10 }, () => people.own.confirmEmailChange(caller(), token)))
    expect(results.filter(({ kind }) => kind === 'changed')).toHaveLength(1)
  })

  test('a cancelled or a made-up link does nothing', async () => {
    const person = await member(people)
    const token = confirmToken(await ask(person))
    await people.own.cancelEmailChange(person.caller)
    const madeUp = `${person.id}.${'x'.repeat(32)}`
    for (const text of [token, madeUp, '', 'x', `${person.id}.`, 'ä'.repeat(5_000)]) {
      expect(await people.own.confirmEmailChange(caller(), text)).toEqual({ kind: 'link_expired' })
    }
  })

  test('an address that has an account is answered alike; its owner gets no link', async () => {
    const [person, owner] = await Promise.all([member(people), member(people)])
    expect(await people.own.requestEmailChange(person.caller, { email: owner.email, password: '' })).toEqual({
      kind: 'sent',
    })
    expect(mailsTo(owner.email).at(-1)).toMatchObject({ template: 'account-exists' })
  })

  test('an address that was taken in the meantime stays with whom it is', async () => {
    const person = await member(people)
    const email = await ask(person)
    await people.accounts.signUp(caller(), { name: 'Other', email, password })
    const { text } = people.mails.find(({ to, template }) => to === email && template === 'confirm-new-email') ?? {}
    const token = /\/confirm\/(\S+)/.exec(text ?? '')?.[1] ?? ''
    expect(await people.own.confirmEmailChange(caller(), token)).toEqual({ kind: 'taken', email })
    expect(await people.own.profile(person.caller)).toMatchObject({ email: person.email, waitingEmail: undefined })
  })

  test('long after signing in it takes the password, of which ten guesses are free', async () => {
    const person = await member(people)
    await agedSession(database, person)
    const email = 'new@example.com'
    const guess = (text: string) => people.own.requestEmailChange(person.caller, { email, password: text })
    expect(await guess('')).toEqual({ kind: 'wrong_password' })
    for (let count = 0; count < 9; count += 1) await people.auth.limits.take({ 'password:account': [person.id] })
    expect(await guess(password)).toMatchObject({ kind: 'rate_limited' })
    expect(mailsTo(email)).toEqual([])
  })

  test('somebody who has not confirmed their address confirms that one first', async () => {
    const person = await member(people, { emailVerified: false })
    expect(await people.own.requestEmailChange(person.caller, { email: 'n@example.com', password })).toEqual({
      kind: 'unverified',
    })
  })
})
