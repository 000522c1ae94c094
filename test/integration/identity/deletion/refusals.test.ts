import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { insertAgent } from '../../schema/fixtures.ts'
import { eventually } from '#test/support/start-process.ts'
import { agedSession, member, openAccounts, password, signedIn, tokenFor, viewerOf } from '../people.ts'
import type { Member, People } from '../people.ts'

let database: TestDatabase
let people: People

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
})
afterAll(() => database.drop())

const remove = (person: Member, form: { email?: string; password?: string } = {}) =>
  people.own.deleteAccount(person.caller, { email: person.email, password: '', ...form })

const rows = async (text: string, ...values: readonly unknown[]) =>
  (await database.pool.query<Record<string, unknown>>(text, [...values])).rows

/** Still there, still let in. */
async function expectUntouched(person: Member): Promise<void> {
  expect(await rows('SELECT banned FROM "user" WHERE id = $1', person.id)).toEqual([{ banned: false }])
  expect(await rows('SELECT FROM account_deletions WHERE user_id = $1', person.id)).toEqual([])
  expect((await people.own.profile(person.caller)).email).toBe(person.email)
}

/** As the organization page makes it. */
async function organization(owner: Member): Promise<{ readonly id: string; readonly slug: string }> {
  const slug = `engines-${crypto.randomUUID().slice(0, 8)}`
  const result = await people.organizations.create(owner.caller, { name: 'Engines', slug })
  expect(result.kind).toBe('created')
  const [row] = await rows('SELECT id FROM organization WHERE slug = $1', slug)
  return { id: String(row?.['id']), slug }
}

const join = (organizationId: string, person: Member, role: string) =>
  rows(
    `INSERT INTO organization_member (id, organization_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, $3)`,
    organizationId,
    person.id,
    role,
  )

async function giveAgent(organizationId: string): Promise<void> {
  const { agentId } = await insertAgent(database.db)
  await rows('UPDATE agents SET organization_id = $1 WHERE id = $2', organizationId, agentId)
}

describe('is refused', () => {
  test.each(['', 'ada@example.com', 'not an address'])('when “%s” is typed', async (email) => {
    const person = await member(people)
    expect(await remove(person, { email })).toEqual({ kind: 'wrong_email' })
    await expectUntouched(person)
  })

  test('with a wrong password long after signing in, and after ten of them with the right one', async () => {
    const person = await member(people)
    await agedSession(database, person)
    expect((await people.own.deletionPreflight(person.caller)).proof).toBe('password')
    expect(await remove(person)).toEqual({ kind: 'wrong_password' })
    for (let tries = 0; tries < 9; tries += 1) await remove(person, { password: 'not it at all' })
    expect(await remove(person, { password })).toMatchObject({ kind: 'rate_limited' })
    await expectUntouched(person)
  })

  test('to somebody without a password who signed in long ago, until they sign in again', async () => {
    const person = await member(people)
    await rows('DELETE FROM account WHERE user_id = $1', person.id)
    await agedSession(database, person)
    expect((await people.own.deletionPreflight(person.caller)).proof).toBe('sign_in')
    expect(await remove(person, { password })).toEqual({ kind: 'sign_in_first' })
    await expectUntouched(person)
    await rows('UPDATE session SET created_at = now() WHERE user_id = $1', person.id)
    expect(await remove(person)).toMatchObject({ kind: 'confirmed' })
  })

  test('to whoever is not signed in', async () => {
    const person = await member(people)
    const stranger = { ...person.caller, headers: new Headers() }
    await expect(people.own.deleteAccount(stranger, { email: person.email, password })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await expectUntouched(person)
  })

  test('to the session of somebody else, whatever they type', async () => {
    const [person, other] = [await member(people), await member(people)]
    expect(await people.own.deleteAccount(other.caller, { email: person.email, password })).toEqual({
      kind: 'wrong_email',
    })
    await expectUntouched(person)
    await expectUntouched(other)
  })

  test('to the only owner of an organization with other members, until another one is owner', async () => {
    const [owner, other] = [await member(people), await member(people)]
    const { id, slug } = await organization(owner)
    await join(id, other, 'admin')
    expect((await people.own.deletionPreflight(owner.caller)).obstacles).toEqual([
      { kind: 'last_owner', name: 'Engines', slug, otherMembers: 1, agents: 0 },
    ])
    expect(await remove(owner)).toEqual({ kind: 'blocked' })
    await expectUntouched(owner)
    await rows(`UPDATE organization_member SET role = 'owner' WHERE user_id = $1`, other.id)
    expect(await people.own.deletionPreflight(owner.caller)).toMatchObject({ obstacles: [], leaving: ['Engines'] })
    expect(await remove(owner)).toMatchObject({ kind: 'confirmed' })
    expect(await people.organizations.find(other.caller, slug)).toMatchObject({ members: [{ email: other.email }] })
  })

  test('to the only member of an organization that owns agents', async () => {
    const owner = await member(people)
    const { id, slug } = await organization(owner)
    await giveAgent(id)
    expect((await people.own.deletionPreflight(owner.caller)).obstacles).toEqual([
      { kind: 'last_owner', name: 'Engines', slug, otherMembers: 0, agents: 1 },
    ])
    expect(await remove(owner)).toEqual({ kind: 'blocked' })
    await expectUntouched(owner)
  })

  test('to both last owners who go at once: one of them stays', async () => {
    const [one, two] = [await member(people), await member(people)]
    const { id } = await organization(one)
    await join(id, two, 'owner')
    await giveAgent(id)
    const results = await Promise.all([remove(one), remove(two)])
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['blocked', 'confirmed'])
  })

  test('to the last operator; of two who go at once one stays', async () => {
    await rows(`UPDATE "user" SET role = 'user'`)
    const [one, two] = [await member(people), await member(people)]
    await rows(`UPDATE "user" SET role = 'admin' WHERE id = $1`, one.id)
    expect((await people.own.deletionPreflight(one.caller)).obstacles).toEqual([{ kind: 'last_operator' }])
    expect(await remove(one)).toEqual({ kind: 'blocked' })
    await expectUntouched(one)
    await rows(`UPDATE "user" SET role = 'admin' WHERE id = $1`, two.id)
    const results = await Promise.all([remove(one), remove(two)])
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['blocked', 'confirmed'])
    expect(await rows(`SELECT FROM "user" WHERE role = 'admin'`)).toHaveLength(1)
  })
})

describe('once confirmed', () => {
  test('pressed twice at once it happens once, and both are told so', async () => {
    const person = await member(people)
    // All three are through the door before the first goes on: one that comes later finds itself signed out.
    const holder = await database.pool.connect()
    await holder.query('BEGIN')
    await holder.query('SELECT FROM "user" WHERE id = $1 FOR UPDATE', [person.id])
    const pressed = Promise.all([remove(person), remove(person), remove(person)])
    await eventually(async () => {
      const waiting = await rows(`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR NO KEY UPDATE%'`)
      return waiting.length === 3
    })
    await holder.query('COMMIT')
    holder.release()
    const results = await pressed
    expect(results.map(({ kind }) => kind)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(
      await rows(`SELECT FROM audit_logs WHERE action = 'person.request_deletion' AND resource_id = $1`, person.id),
    ).toHaveLength(1)
  })

  test('every session is over, signing in is refused and says why, and no link in a mail opens anything', async () => {
    const person = await member(people)
    const phone = await signedIn(people, person.email)
    const fresh = `new-${crypto.randomUUID()}@example.com`
    await people.own.requestEmailChange(person.caller, { email: fresh, password })
    const changeToken = /\/confirm\/(\S+)/.exec(people.mails.find(({ to }) => to === fresh)?.text ?? '')?.[1] ?? ''
    await people.accounts.requestPasswordReset(person.caller, person.email)
    const resetToken = tokenFor(people, { to: person.email, template: 'reset-password' })
    expect(await people.accounts.readResetLink(phone, resetToken)).toMatchObject({ kind: 'open' })

    const result = await remove(person)
    const cookies = result.kind === 'confirmed' ? result.cookies : []
    expect(cookies.filter((cookie) => /session_token=;.*Max-Age=0/.test(cookie))).toHaveLength(1)
    for (const device of [person.caller, phone]) {
      expect((await people.accounts.viewer(device, { mustBeFresh: false })).viewer).toBeUndefined()
      await expect(people.own.profile(device)).rejects.toMatchObject({ code: 'unauthenticated' })
    }
    expect(await people.accounts.signIn(phone, { email: person.email, password })).toEqual({ kind: 'leaving' })
    expect(await people.accounts.signIn(phone, { email: person.email, password: 'a wrong one' })).toEqual({
      kind: 'invalid_credentials',
    })
    expect(await people.accounts.readResetLink(phone, resetToken)).toEqual({ kind: 'link_expired' })
    expect(await people.own.confirmEmailChange(phone, changeToken)).toEqual({ kind: 'link_expired' })
  })

  test('a sign-in that was under way when it was confirmed leaves no way in', async () => {
    const person = await member(people)
    expect(await viewerOf(people, [person.caller.headers.get('cookie') ?? ''])).toMatchObject({ id: person.id })
    const [session] = await rows('SELECT * FROM session WHERE user_id = $1', person.id)
    expect(await remove(person)).toMatchObject({ kind: 'confirmed' })
    await rows('INSERT INTO session SELECT * FROM jsonb_populate_record(NULL::session, $1)', session)
    expect((await people.accounts.viewer(person.caller, { mustBeFresh: true })).viewer).toBeUndefined()
    await expect(people.own.profile(person.caller)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('the database lets nobody lift the lock', async () => {
    const person = await member(people)
    await remove(person)
    await expect(rows('UPDATE "user" SET banned = false WHERE id = $1', person.id)).rejects.toMatchObject({
      constraint: 'account_deletions_locked_out',
    })
    const suspended = await member(people)
    await rows('UPDATE "user" SET banned = true WHERE id = $1', suspended.id)
    expect(await people.accounts.signIn(suspended.caller, { email: suspended.email, password })).toEqual({
      kind: 'suspended',
    })
    await rows('UPDATE "user" SET banned = false WHERE id = $1', suspended.id)
  })

  test('organizations without anybody else and without agents go along, with their invitations', async () => {
    const owner = await member(people)
    const { id } = await organization(owner)
    await people.organizations.invite(owner.caller, (await people.organizations.list(owner.caller))[0]?.slug ?? '', {
      email: 'guest@example.com',
      role: 'owner',
    })
    expect((await people.own.deletionPreflight(owner.caller)).ending).toEqual(['Engines'])
    await remove(owner)
    expect(await rows('SELECT FROM organization WHERE id = $1', id)).toEqual([])
    expect(await rows('SELECT FROM organization_invitation WHERE organization_id = $1', id)).toEqual([])
    expect(await rows(`SELECT action FROM audit_logs WHERE org_id = $1 ORDER BY timestamp, action`, id)).toContainEqual(
      {
        action: 'organization.delete',
      },
    )
  })
})
