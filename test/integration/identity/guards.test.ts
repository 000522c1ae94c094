import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { organization, organizationMember, user } from '#src/db/schema/index.ts'
import { requireOperator, requirePublisherOf } from '#src/identity/guards/people.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function addPerson(role: 'user' | 'admin' = 'user') {
  const id = crypto.randomUUID()
  const person = { id, name: 'Ada', email: `${id}@example.com`, emailVerified: true }
  await database.db.insert(user).values({ ...person, role })
  return { ...person, isOperator: role === 'admin' }
}

async function addOrganization(): Promise<string> {
  const id = crypto.randomUUID()
  await database.db.insert(organization).values({ id, name: 'Acme', slug: `acme-${id}`, createdAt: new Date() })
  return id
}

test('an operator passes, and is out with the role, whatever the cookie still says', async () => {
  const operator = await addPerson('admin')
  expect(await requireOperator(database.db, operator)).toBe(operator)
  await database.db.update(user).set({ role: 'user' }).where(eq(user.id, operator.id))
  await expect(requireOperator(database.db, operator)).rejects.toMatchObject({ code: 'forbidden' })
})

test('a suspended operator, a person and nobody do not pass', async () => {
  const suspended = await addPerson('admin')
  await database.db.update(user).set({ banned: true }).where(eq(user.id, suspended.id))
  await expect(requireOperator(database.db, suspended)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(requireOperator(database.db, await addPerson())).rejects.toMatchObject({ code: 'forbidden' })
  await expect(requireOperator(database.db, undefined)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a member passes with the right role, and is out on the next request after being removed', async () => {
  const [viewer, organizationId] = [await addPerson(), await addOrganization()]
  const membership = {
    id: crypto.randomUUID(),
    organizationId,
    userId: viewer.id,
    role: 'admin',
    createdAt: new Date(),
  }
  await database.db.insert(organizationMember).values(membership)
  expect(await requirePublisherOf(database.db, { viewer, organizationId })).toMatchObject({ role: 'admin' })
  const asOwner = requirePublisherOf(database.db, { viewer, organizationId, roles: ['owner'] })
  await expect(asOwner).rejects.toMatchObject({ code: 'forbidden' })
  await database.db.delete(organizationMember).where(eq(organizationMember.id, membership.id))
  await expect(requirePublisherOf(database.db, { viewer, organizationId })).rejects.toMatchObject({ code: 'not_found' })
})

test('a stranger does not learn that an organization exists', async () => {
  const viewer = await addPerson()
  for (const organizationId of [await addOrganization(), crypto.randomUUID()]) {
    await expect(requirePublisherOf(database.db, { viewer, organizationId })).rejects.toMatchObject({
      code: 'not_found',
    })
  }
})
