import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { caller, member, openAccounts } from './people.ts'
import type { Member, People } from './people.ts'

let database: TestDatabase
let people: People
// Signing in takes its time: these few play every part.
let ada: Member
let bea: Member
let cleo: Member
let novice: Member

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
  const everybody = Promise.all([
    member(people),
    member(people),
    member(people),
    member(people, { emailVerified: false }),
  ])
  ;[ada, bea, cleo, novice] = await everybody
})
afterAll(() => database.drop())

let made = 0

/** A new organization of Ada's. */
async function organization(): Promise<string> {
  made += 1
  await database.pool.query('DELETE FROM attempt_limits')
  const result = await people.organizations.create(ada.caller, { name: `Engines ${made}`, slug: '' })
  if (result.kind !== 'created') throw new Error(JSON.stringify(result))
  return result.slug
}

async function invite(slug: string, { email, role = 'member' }: { email: string; role?: string }): Promise<string> {
  expect(await people.organizations.invite(ada.caller, slug, { email, role })).toEqual({ kind: 'invited', email })
  const id = /\/invitations\/(\S+)/.exec(people.mails.at(-1)?.text ?? '')?.[1]
  if (id === undefined) throw new Error('No link in the invitation')
  return id
}

async function join(slug: string, { person, role }: { person: Member; role: string }): Promise<void> {
  const invitationId = await invite(slug, { email: person.email, role })
  expect(await people.organizations.answerInvitation(person.caller, { invitationId, accepts: true })).toEqual({
    kind: 'joined',
    slug,
  })
}

const detail = async (person: Member, slug: string) => people.organizations.find(person.caller, slug)
const memberIdOf = async (slug: string, person: Member) =>
  (await detail(ada, slug))?.members.find(({ email }) => email === person.email)?.id ?? ''
const state = async (person: Member | undefined, id: string) =>
  people.organizations.readInvitation(person?.caller ?? caller(), id)

describe('making one', () => {
  test('its first owner is who made it; nobody else sees it', async () => {
    const slug = await organization()
    expect(await detail(ada, slug)).toMatchObject({ role: 'owner', members: [{ email: ada.email, isViewer: true }] })
    expect(await detail(bea, slug)).toBeUndefined()
    expect(await people.organizations.list(ada.caller)).toContainEqual({
      name: expect.any(String),
      slug,
      role: 'owner',
      members: 1,
    })
  })

  test('takes a confirmed address, a name, and an address that is free', async () => {
    const create = (person: Member, form: { name: string; slug: string }) =>
      people.organizations.create(person.caller, form)
    expect(await create(novice, { name: 'Mine', slug: '' })).toEqual({ kind: 'unverified' })
    expect(await create(bea, { name: ' ', slug: '' })).toEqual({ kind: 'invalid', problems: { name: 'missing' } })
    expect(await create(bea, { name: '東京', slug: '' })).toEqual({ kind: 'invalid', problems: { slug: 'malformed' } })
    expect(await create(bea, { name: 'New', slug: 'new' })).toEqual({
      kind: 'invalid',
      problems: { slug: 'malformed' },
    })
    const slug = await organization()
    expect(await create(bea, { name: 'Other', slug })).toEqual({ kind: 'invalid', problems: { slug: 'taken' } })
  })
})

describe('an invitation', () => {
  test('is accepted by the account it was sent to, once', async () => {
    const slug = await organization()
    const id = await invite(slug, { email: bea.email, role: 'admin' })
    expect(await state(undefined, id)).toEqual({ kind: 'needs_sign_in', organization: expect.any(String) })
    expect(await state(cleo, id)).toMatchObject({ kind: 'wrong_account', invited: 'a•••@example.com' })
    const answer = (person: Member) =>
      people.organizations.answerInvitation(person.caller, { invitationId: id, accepts: true })
    expect(await answer(cleo)).toEqual({ kind: 'refused' })
    expect(await state(bea, id)).toMatchObject({ kind: 'open', role: 'admin' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => answer(bea)))
    expect(answers.filter(({ kind }) => kind === 'joined')).toHaveLength(1)
    expect(await detail(bea, slug)).toMatchObject({ role: 'admin' })
    expect(await state(bea, id)).toMatchObject({ kind: 'already_member', slug })
    expect(await state(cleo, id)).toMatchObject({ kind: 'accepted' })
  })

  test('says that it expired, was withdrawn, replaced, declined, or never was', async () => {
    const slug = await organization()
    const expired = await invite(slug, { email: bea.email })
    await database.pool.query('UPDATE organization_invitation SET expires_at = now() WHERE id = $1', [expired])
    expect(await state(bea, expired)).toMatchObject({ kind: 'expired' })
    const replaced = await invite(slug, { email: cleo.email })
    const withdrawn = await invite(slug, { email: cleo.email })
    expect(await state(cleo, replaced)).toMatchObject({ kind: 'withdrawn' })
    await people.organizations.withdraw(ada.caller, slug, withdrawn)
    expect(await state(cleo, withdrawn)).toMatchObject({ kind: 'withdrawn' })
    const declined = await invite(slug, { email: cleo.email })
    await people.organizations.answerInvitation(cleo.caller, { invitationId: declined, accepts: false })
    expect(await state(cleo, declined)).toMatchObject({ kind: 'declined' })
    expect(await state(cleo, 'never')).toEqual({ kind: 'unknown' })
    for (const invitationId of [expired, replaced, withdrawn, declined, 'never']) {
      const answer = await people.organizations.answerInvitation(cleo.caller, { invitationId, accepts: true })
      expect(answer).toEqual({ kind: 'refused' })
    }
  })

  test('waits for an unconfirmed address to be confirmed, and never goes to a member', async () => {
    const slug = await organization()
    const id = await invite(slug, { email: novice.email })
    expect(await state(novice, id)).toMatchObject({ kind: 'unverified' })
    expect(await people.organizations.invite(ada.caller, slug, { email: ada.email, role: 'member' })).toEqual({
      kind: 'invalid',
      problem: 'member',
    })
  })
})

describe('roles', () => {
  test('members manage nobody, admins everybody but owners, and a stranger nothing', async () => {
    const slug = await organization()
    await join(slug, { person: bea, role: 'admin' })
    await join(slug, { person: cleo, role: 'member' })
    const owner = { slug, memberId: await memberIdOf(slug, ada) }
    const plain = { slug, memberId: await memberIdOf(slug, cleo) }
    const { changeRole, removeMember, invite: ask } = people.organizations
    for (const person of [bea, cleo]) {
      expect(await removeMember(person.caller, owner)).toEqual({ kind: 'forbidden' })
      expect(await changeRole(person.caller, { ...owner, role: 'member' })).toEqual({ kind: 'forbidden' })
      expect(await changeRole(person.caller, { ...plain, role: 'owner' })).toEqual({ kind: 'forbidden' })
    }
    expect(await ask(cleo.caller, slug, { email: 'x@example.com', role: 'member' })).toEqual({ kind: 'forbidden' })
    expect(await ask(bea.caller, slug, { email: 'x@example.com', role: 'owner' })).toEqual({ kind: 'forbidden' })
    const other = await organization()
    expect(await removeMember(bea.caller, { ...owner, slug: other })).toEqual({ kind: 'forbidden' })
    expect(await changeRole(ada.caller, { slug: other, memberId: plain.memberId, role: 'admin' })).toEqual({
      kind: 'gone',
    })
  })

  test('a change acts on the next request', async () => {
    const slug = await organization()
    await join(slug, { person: bea, role: 'admin' })
    const which = { slug, memberId: await memberIdOf(slug, bea) }
    await people.organizations.changeRole(ada.caller, { ...which, role: 'member' })
    expect(await detail(bea, slug)).toMatchObject({ role: 'member', invitations: [], mayInvite: false })
    await people.organizations.removeMember(ada.caller, which)
    expect(await detail(bea, slug)).toBeUndefined()
  })

  test('there is always an owner, also when the last two leave at once', async () => {
    const slug = await organization()
    expect(await people.organizations.leave(ada.caller, slug)).toEqual({ kind: 'last_owner' })
    await join(slug, { person: bea, role: 'owner' })
    const left = await Promise.all([ada, bea].map((person) => people.organizations.leave(person.caller, slug)))
    expect(left.map(({ kind }) => kind).toSorted()).toEqual(['done', 'last_owner'])
  })

  test('the trail names who did what', async () => {
    const slug = await organization()
    await join(slug, { person: bea, role: 'member' })
    await people.organizations.leave(bea.caller, slug)
    const { rows } = await database.pool.query<{ action: string }>(
      `SELECT action FROM audit_logs JOIN organization ON organization.id = org_id WHERE slug = $1 ORDER BY timestamp`,
      [slug],
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'organization.create',
      'organization.invite',
      'organization.join',
      'organization.leave',
    ])
  })
})
