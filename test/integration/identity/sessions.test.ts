import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { member, openAccounts, signedIn } from './people.ts'
import type { People } from './people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0' }

/** With the signed copy of the session in the cookie, as a page load comes. */
const plainLoad = async (caller: Parameters<People['accounts']['viewer']>[0]) =>
  (await people.accounts.viewer(caller, { mustBeFresh: false })).viewer

test('every device is listed with what it says about itself, this one first', async () => {
  const person = await member(people)
  await signedIn(people, person.email, firefox)
  const [first, second, ...rest] = await people.own.sessions(person.caller)
  expect(rest).toEqual([])
  expect(first).toMatchObject({ isThisOne: true, device: { browser: undefined } })
  expect(second).toMatchObject({ isThisOne: false, device: { browser: 'Firefox', system: 'Linux' } })
  expect(second?.address).toMatch(/^198\.18\./)
})

test('an ended session is dead on its next request, in spite of the copy in its cookie', async () => {
  const person = await member(people)
  const other = await signedIn(people, person.email)
  expect(await plainLoad(other)).toMatchObject({ id: person.id })
  const [, listed] = await people.own.sessions(person.caller)
  await people.own.endSession(person.caller, listed?.id ?? '')
  expect(await plainLoad(other)).toBeUndefined()
  expect(await plainLoad(person.caller)).toMatchObject({ id: person.id })
})

test('all others end at once, this one stays', async () => {
  const person = await member(people)
  const others = [await signedIn(people, person.email), await signedIn(people, person.email)]
  expect(await people.own.endOtherSessions(person.caller)).toBe(2)
  for (const other of others) expect(await plainLoad(other)).toBeUndefined()
  expect(await people.own.sessions(person.caller)).toHaveLength(1)
  const { rows } = await database.pool.query(
    "SELECT metadata FROM audit_logs WHERE user_id = $1 AND action = 'person.end_sessions'",
    [person.id],
  )
  expect(rows).toEqual([{ metadata: { sessions: 2 } }])
})

test('nobody ends the session of somebody else', async () => {
  const [person, stranger] = await Promise.all([member(people), member(people)])
  const [own] = await people.own.sessions(person.caller)
  await people.own.endSession(stranger.caller, own?.id ?? '')
  expect(await plainLoad(person.caller)).toMatchObject({ id: person.id })
})

test('a page load of somebody who is signed in asks the database once', async () => {
  const person = await member(people)
  const asked: unknown[] = []
  const { query } = database.pool
  database.pool.query = ((...args: unknown[]) => {
    asked.push(args[0])
    return Reflect.apply(query, database.pool, args)
  }) as typeof query
  expect(await plainLoad(person.caller)).toMatchObject({ id: person.id })
  database.pool.query = query
  expect(asked).toHaveLength(1)
})
