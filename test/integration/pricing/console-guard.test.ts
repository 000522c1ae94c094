// Who gets to the consoles' endpoints: over HTTP, with sessions made by the sign-in form.
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditLogs, organizationMember, session, user } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addMember, addPublisher, call, signedIn } from './publisher.ts'
import type { Session, TestPublisher } from './publisher.ts'

let server: TestServer
let owner: Session
let publisher: TestPublisher
let metrics: string
beforeAll(async () => {
  server = await startTestServer()
  owner = await signedIn(server)
  publisher = await addPublisher(server.deps.db, owner.userId)
  metrics = `/publisher/agents/${publisher.slug}/metrics`
})
afterAll(() => server.stop())

const metric = () => ({ slug: `m${crypto.randomUUID().replaceAll('-', '')}`, displayName: 'Messages', unit: 'message' })

test('an owner reads and changes; answers are not for any cache', async () => {
  const created = await owner.call('POST', metrics, { body: metric() })
  expect(created.status).toBe(201)
  const list = await owner.call('GET', metrics)
  expect(list.status).toBe(200)
  expect(list.headers.get('cache-control')).toBe('no-store')
  expect(list.body.items).toContainEqual(created.body)
})

test('without a session, or with a made-up one, the answer is 401', async () => {
  for (const headers of [{}, { cookie: 'rialto.session_token=made.up' }, { authorization: 'Bearer x' }]) {
    expect((await call(server, 'GET', metrics, { headers })).status).toBe(401)
    const post = await call(server, 'POST', metrics, { body: metric(), headers: { ...headers, origin: server.origin } })
    expect(post).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  }
})

test('what another site sends, or nobody knows which, is refused whatever cookie it carries', async () => {
  const { port } = new URL(server.origin)
  for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${port}`, `${server.origin}.evil.example`]) {
    const post = await owner.call('POST', metrics, { body: metric(), headers: { origin } })
    expect(post).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await owner.call('GET', metrics, { headers: { origin } })).status).toBe(403)
  }
  const headers = { cookie: owner.cookie }
  expect((await call(server, 'POST', metrics, { body: metric(), headers })).status).toBe(403)
  const fromElsewhere = { ...headers, 'sec-fetch-site': 'cross-site' }
  expect((await call(server, 'POST', metrics, { body: metric(), headers: fromElsewhere })).status).toBe(403)
})

test('a body that is not JSON is 415, a broken one 400, and one with fields that are nobody’s to set 400', async () => {
  const form = { headers: { 'content-type': 'text/plain' }, body: JSON.stringify(metric()) }
  expect((await owner.call('POST', metrics, form)).status).toBe(415)
  expect((await owner.call('POST', metrics, { body: '{' })).status).toBe(400)
  const greedy = await owner.call('POST', metrics, { body: { ...metric(), agentId: crypto.randomUUID() } })
  expect(greedy).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(JSON.stringify(greedy.body.errors)).toContain('agentId')
})

test('a stranger learns nothing: the same 404 as for an agent that does not exist', async () => {
  const stranger = await signedIn(server)
  const theirs = await stranger.call('GET', metrics)
  const nowhere = await stranger.call('GET', '/publisher/agents/not-there/metrics')
  expect(theirs.status).toBe(404)
  expect({ ...theirs.body, requestId: '' }).toEqual({ ...nowhere.body, requestId: '' })
  expect((await stranger.call('POST', metrics, { body: metric() })).status).toBe(404)
})

test('a member reads and may not change; an admin may; whoever was removed is out at once', async () => {
  const { db } = server.deps
  const { organizationId } = publisher
  const [member, admin] = [await signedIn(server), await signedIn(server)]
  await addMember(db, { organizationId, userId: member.userId, role: 'member' })
  await addMember(db, { organizationId, userId: admin.userId, role: 'admin' })
  expect((await member.call('GET', metrics)).status).toBe(200)
  expect(await member.call('POST', metrics, { body: metric() })).toMatchObject({ status: 403 })
  expect((await admin.call('POST', metrics, { body: metric() })).status).toBe(201)
  await db.delete(organizationMember).where(eq(organizationMember.userId, admin.userId))
  expect((await admin.call('POST', metrics, { body: metric() })).status).toBe(404)
})

test('who is suspended, or whose session was ended elsewhere, is nobody on the next request', async () => {
  const { db } = server.deps
  const [suspended, ended] = [await signedIn(server), await signedIn(server)]
  for (const { userId } of [suspended, ended]) {
    await addMember(db, { organizationId: publisher.organizationId, userId, role: 'owner' })
  }
  expect((await suspended.call('GET', metrics)).status).toBe(200)
  expect((await ended.call('GET', metrics)).status).toBe(200)
  await db.update(user).set({ banned: true }).where(eq(user.id, suspended.userId))
  await db.delete(session).where(eq(session.userId, ended.userId))
  expect((await suspended.call('GET', metrics)).status).toBe(401)
  expect((await ended.call('GET', metrics)).status).toBe(401)
})

const operatorPath = (id: string = crypto.randomUUID()) => `/operator/subscriptions/${id}/addons`

test('an operator passes; for anybody else it is 403, and kept in the audit trail', async () => {
  const operator = await signedIn(server, { role: 'admin' })
  expect((await operator.call('GET', operatorPath())).status).toBe(404)
  const path = operatorPath()
  expect(await owner.call('POST', path, { body: {} })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  const rows = await server.deps.db
    .select()
    .from(auditLogs)
    .where(and(eq(auditLogs.userId, owner.userId), eq(auditLogs.result, 'denied')))
  expect(rows).toMatchObject([
    { action: 'operator.call', resource: 'api', resourceId: `/api/v1${path}`, metadata: { method: 'POST' } },
  ])
  expect((await call(server, 'GET', operatorPath())).status).toBe(401)
})

test('the role ends with the next request, and a person can fill the audit trail only so far', async () => {
  const operator = await signedIn(server, { role: 'admin' })
  await server.deps.db.update(user).set({ role: 'user' }).where(eq(user.id, operator.userId))
  const statuses: number[] = []
  for (let count = 0; count < 62; count += 1) statuses.push((await operator.call('GET', operatorPath())).status)
  expect(statuses).toEqual([...Array.from({ length: 60 }, () => 403), 429, 429])
  const rows = await server.deps.db.$count(auditLogs, eq(auditLogs.userId, operator.userId))
  expect(rows).toBe(60)
})
