// Reviews over HTTP, in the whole server: who may write one, what becomes of it, and who decides.
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  agents,
  agentSearch,
  auditLogs,
  interactions,
  organizationMember,
  reports,
  user,
} from '#src/db/schema/index.ts'
import { addMember, call, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addReview, addReviewedAgent, addSubscription, newReviewer, signInOnDays } from './reviewers.ts'
import type { ReviewedAgent } from './reviewers.ts'

let server: TestServer
let owner: Session
let operator: Session
let agent: ReviewedAgent

beforeAll(async () => {
  server = await startTestServer()
  owner = await signedIn(server)
  operator = await signedIn(server, { role: 'admin' })
})
beforeEach(async () => {
  agent = await addReviewedAgent(server, owner)
})
afterAll(() => server.stop())

const own = () => `/agents/${agent.slug}/review`
const all = () => `/agents/${agent.slug}/reviews`
const body = { rating: 4, title: 'Reads what I would skip', body: 'Fast, and **right** most of the time.' }
const write = (person: Session, change: object = {}) => person.call('PUT', own(), { body: { ...body, ...change } })
const list = async (query = '') => (await call(server, 'GET', `${all()}${query}`)).body

async function written(person?: Session): Promise<{ readonly author: Session; readonly id: string }> {
  const author = person ?? (await newReviewer(server, agent.agentId))
  const answer = await write(author)
  if (answer.status !== 201) throw new Error(`Writing answered ${answer.status}`)
  return { author, id: answer.body.review.id }
}

const quality = async (): Promise<number> => {
  const [row] = await server.deps.db
    .select({ quality: agentSearch.quality })
    .from(agentSearch)
    .where(eq(agentSearch.agentId, agent.agentId))
  return row?.quality ?? Number.NaN
}

const trailOf = async (id: string) =>
  (await server.deps.db.select().from(auditLogs).where(eq(auditLogs.resourceId, id)).orderBy(auditLogs.timestamp)).map(
    ({ action, userId }) => ({ action, userId }),
  )

describe('who may review', () => {
  test('is refused before use, after one day, and allowed after two', async () => {
    const person = await signedIn(server)
    const { userId } = person
    expect((await person.call('GET', own())).body).toEqual({ review: null, obstacle: 'not_used' })
    expect(await write(person)).toMatchObject({ status: 403, body: { code: 'forbidden', obstacle: 'not_used' } })
    await signInOnDays(server.deps.db, { agentId: agent.agentId, userId, days: 1 })
    expect((await write(person)).body).toMatchObject({ obstacle: 'used_on_one_day' })
    await server.deps.db.execute(sql`UPDATE agent_sign_ins SET day = day - 1 WHERE user_id = ${userId}`)
    await signInOnDays(server.deps.db, { agentId: agent.agentId, userId, days: 1 })
    expect(await write(person)).toMatchObject({
      status: 201,
      body: { obstacle: null, review: { ...body, hidden: null } },
    })
  })

  test('is nobody without a session, from elsewhere, or of another agent', async () => {
    const person = await newReviewer(server, agent.agentId)
    expect((await call(server, 'PUT', own(), { body, headers: { origin: server.origin } })).status).toBe(401)
    const foreign = { origin: 'https://evil.example' }
    expect((await person.call('PUT', own(), { body, headers: foreign })).status).toBe(403)
    agent = await addReviewedAgent(server, owner)
    expect((await write(person)).body).toMatchObject({ obstacle: 'not_used' })
  })

  test('needs a confirmed address', async () => {
    const person = await newReviewer(server, agent.agentId)
    await server.deps.db.update(user).set({ emailVerified: false }).where(eq(user.id, person.userId))
    expect((await write(person)).body).toMatchObject({ code: 'forbidden', obstacle: 'email_unverified' })
  })

  test('is none of the publisher’s people, now or before', async () => {
    await signInOnDays(server.deps.db, { agentId: agent.agentId, userId: owner.userId, days: 2 })
    expect((await write(owner)).body).toMatchObject({ obstacle: 'publishers_member' })
    const former = await newReviewer(server, agent.agentId)
    await addMember(server.deps.db, { ...agent, userId: former.userId, role: 'member' })
    const [organization] = (
      await server.deps.db.execute(sql`SELECT slug FROM organization WHERE id = ${agent.organizationId}`)
    ).rows
    const left = await fetch(`${server.origin}/account/organizations/${String(organization?.['slug'])}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: server.origin, cookie: former.cookie },
      body: new URLSearchParams({ intent: 'leave' }),
    })
    expect(left.status).toBeLessThan(400)
    const isMember = eq(organizationMember.userId, former.userId)
    expect(await server.deps.db.$count(organizationMember, isMember)).toBe(0)
    expect((await write(former)).body).toMatchObject({ obstacle: 'publishers_member' })
  })

  test('is nobody whom the publisher tests with', async () => {
    const person = await newReviewer(server, agent.agentId)
    await addSubscription(server.deps.db, { agentId: agent.agentId, userId: person.userId, isTest: true })
    expect((await write(person)).body).toMatchObject({ obstacle: 'tester' })
  })

  test('finds nothing where the agent is not published, or nobody’s', async () => {
    const person = await newReviewer(server, agent.agentId)
    await written(person)
    await server.deps.db.update(agents).set({ status: 'suspended' }).where(eq(agents.id, agent.agentId))
    expect((await write(person)).status).toBe(404)
    expect((await call(server, 'GET', all())).status).toBe(404)
    expect((await call(server, 'GET', '/agents/openhands/reviews')).status).toBe(404)
    // Taking back what one said is always possible.
    expect((await person.call('DELETE', own())).status).toBe(204)
  })
})

describe('a review', () => {
  test('is one for each person and agent, changed by writing again, and taken back', async () => {
    const before = await quality()
    const { author, id } = await written()
    expect(await quality()).toBeGreaterThan(before)
    expect((await write(author)).body.review).toMatchObject({ id, editedAt: null })
    const edited = await write(author, { rating: 1 })
    expect(edited).toMatchObject({ status: 200, body: { review: { id, rating: 1, editedAt: expect.any(String) } } })
    expect(await quality()).toBeLessThan(before)
    expect((await list()).rating).toMatchObject({ count: 1, rating: null, distribution: { 1: 1, 4: 0 } })
    expect((await author.call('DELETE', own())).status).toBe(204)
    expect((await author.call('DELETE', own())).status).toBe(404)
    expect((await list()).items).toEqual([])
    expect(await quality()).toBeCloseTo(before, 10)
    const by = { userId: author.userId }
    // Told once, however often it was changed.
    const told = await server.deps.db.select().from(interactions).where(eq(interactions.userId, author.userId))
    expect(told).toMatchObject([{ type: 'reviewed', agentId: agent.agentId, metadata: { rating: 4 } }])
    expect(await trailOf(id)).toEqual(['write', 'edit', 'delete'].map((act) => ({ action: `review.${act}`, ...by })))
  })

  test('is one, too, when the form is sent many times at once', async () => {
    const author = await newReviewer(server, agent.agentId)
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => write(author, { rating: 1 + (index % 5) })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    expect((await list()).rating.count).toBe(1)
  })

  test.each([
    ['rating', { rating: 0 }],
    ['rating', { rating: 6 }],
    ['rating', { rating: 4.5 }],
    ['title', { title: 'x'.repeat(201) }],
    ['title', { title: 'two\nlines' }],
    ['body', { body: 'x'.repeat(10_001) }],
    ['body', { body: 'a\0b' }],
    ['body', { body: 'half \ud83d' }],
    ['', { stars: 5 }],
  ])('is refused with the name of what is wrong: %s', async (path, change) => {
    const author = await newReviewer(server, agent.agentId)
    const { status, body: problem } = await write(author, change)
    expect(status).toBe(400)
    expect(problem.errors.map((error: { path: string }) => error.path)).toContain(path)
  })

  test('may be as long as the database takes, in any letters', async () => {
    const author = await newReviewer(server, agent.agentId)
    const long = { title: '🎉'.repeat(200), body: `${'語'.repeat(9_998)}\r\n🎉` }
    expect(await write(author, long)).toMatchObject({ status: 201, body: { review: { title: long.title } } })
  })

  test('says who wrote it, and nothing else of them', async () => {
    const { author } = await written()
    const { items } = await list()
    expect(items).toMatchObject([{ ...body, author: 'Ada', use: null, reply: null }])
    expect(JSON.stringify(items)).not.toContain(author.userId)
  })

  test('does not count any more once its author joins the publisher, or is suspended', async () => {
    const [{ author }, { author: other }] = [await written(), await written()]
    await addMember(server.deps.db, { ...agent, userId: author.userId, role: 'member' })
    expect((await list()).rating.count).toBe(1)
    await server.deps.db.update(user).set({ banned: true }).where(eq(user.id, other.userId))
    expect(await list()).toMatchObject({ rating: { count: 0 }, items: [] })
  })
})

describe('the list', () => {
  test('is read page by page in each order, none twice and none left out', async () => {
    const { db } = server.deps
    for (const rating of [5, 3, 4, 3, 5, 1, 2]) await addReview(db, { agentId: agent.agentId, rating })
    // Written at the same moment: the id decides.
    await db.execute(sql`UPDATE reviews SET created_at = date_trunc('minute', now()) WHERE rating IN (3, 4)`)
    const orders: Record<string, number[]> = {}
    for (const sort of ['helpful', 'newest', 'highest', 'lowest']) {
      const found: { id: string; rating: number }[] = []
      let query = `?sort=${sort}&limit=2`
      for (let next: string | null = ''; next !== null; query = `?sort=${sort}&limit=2&cursor=${next}`) {
        const page = await list(query)
        found.push(...page.items)
        next = page.nextCursor
      }
      expect(new Set(found.map(({ id }) => id)).size).toBe(7)
      orders[sort] = found.map(({ rating }) => rating)
    }
    expect(orders['highest']).toEqual([5, 5, 4, 3, 3, 2, 1])
    expect(orders['lowest']).toEqual([1, 2, 3, 3, 4, 5, 5])
    expect(orders['newest']).toEqual(orders['helpful'])
    expect((await list()).rating).toMatchObject({ count: 7, mean: 3.3, rating: 3.4, distribution: { 5: 2, 3: 2 } })
  })

  test('takes no cursor of another order, nor a forged one', async () => {
    for (const rating of [5, 4, 3]) await addReview(server.deps.db, { agentId: agent.agentId, rating })
    const { nextCursor } = await list('?limit=1')
    expect((await list(`?limit=1&cursor=${nextCursor}`)).items).toHaveLength(1)
    const forged = Buffer.from('{"sort":"helpful","place":{"rating":5,"at":"x","id":"y"}}').toString('base64url')
    for (const query of [`?sort=highest&cursor=${nextCursor}`, '?cursor=x', `?cursor=${forged}`]) {
      expect((await list(query)).code, query).toBe('invalid_request')
    }
  })

  test('is the new address’s when the agent moved', async () => {
    await server.deps.db.execute(
      sql`INSERT INTO agent_slug_history (slug, agent_id) VALUES ('was-${sql.raw(agent.slug)}', ${agent.agentId})`,
    )
    const answer = await call(server, 'GET', `/agents/was-${agent.slug}/reviews`)
    expect([answer.status, answer.headers.get('location')]).toEqual([301, `/api/v1${all()}`])
  })
})

describe('the publisher’s answer', () => {
  const reply = (person: Session, id: string, text = 'Thank you.') =>
    person.call('PUT', `${all()}/${id}/reply`, { body: { body: text } })

  test('is one, by owners and admins; it leaves the review as its author wrote it', async () => {
    const { id } = await written()
    const member = await signedIn(server)
    await addMember(server.deps.db, { ...agent, userId: member.userId, role: 'member' })
    expect((await reply(member, id)).status).toBe(403)
    expect((await reply(await signedIn(server), id)).status).toBe(404)
    expect((await reply(owner, crypto.randomUUID())).status).toBe(404)
    expect((await reply(owner, id, ' ')).status).toBe(400)
    expect((await reply(owner, id)).status).toBe(204)
    expect((await reply(owner, id, 'Thank you again.')).status).toBe(204)
    expect((await list()).items[0]).toMatchObject({ editedAt: null, reply: { body: 'Thank you again.', by: 'Acme' } })
    expect((await owner.call('DELETE', `${all()}/${id}/reply`)).status).toBe(204)
    expect((await list()).items[0].reply).toBeNull()
  })

  test('is not for another publisher’s agent', async () => {
    const { id } = await written()
    const other = await addReviewedAgent(server)
    const answer = await other.owner.call('PUT', `/agents/${other.slug}/reviews/${id}/reply`, { body: { body: 'Ha.' } })
    expect(answer.status).toBe(404)
  })
})

describe('what operators decide', () => {
  const report = (person: Session, id: string, reason = 'spam') =>
    person.call('POST', `${all()}/${id}/report`, { body: { reason, details: 'Twice the same.' } })
  const decide = (act: string, id: string, by = operator) =>
    by.call('POST', `/operator/reviews/${id}/${act}`, { body: { reason: 'It names a private person.' } })
  const statesOf = async (id: string) =>
    (await server.deps.db.select().from(reports).where(eq(reports.reviewId, id))).map(({ state }) => state)

  test('a report is open once for each person, and not about one’s own', async () => {
    const { author, id } = await written()
    const reader = await signedIn(server)
    expect((await report(author, id)).status).toBe(403)
    expect((await report(reader, crypto.randomUUID())).status).toBe(404)
    expect((await report(reader, id, 'not_working')).status).toBe(400)
    const answers = await Promise.all([report(reader, id), report(reader, id), report(reader, id, 'harmful')])
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
    expect(await statesOf(id)).toEqual(['open'])
    const isTheirs = eq(interactions.userId, reader.userId)
    expect(await server.deps.db.select().from(interactions).where(isTheirs)).toMatchObject([
      { type: 'reported', metadata: { reviewId: id } },
    ])
    const { items } = (await operator.call('GET', '/operator/reports?kind=review&limit=100')).body
    expect(items.filter(({ review }: { review: { id: string } }) => review.id === id)).toMatchObject([
      { kind: 'review', agent: { slug: agent.slug }, review: { ...body, isHidden: false }, details: 'Twice the same.' },
    ])
    expect((await reader.call('GET', '/operator/reports')).status).toBe(403)
  })

  test('what is hidden counts nowhere, its author reads why, and it comes back when it is shown again', async () => {
    const { author, id } = await written()
    await report(await signedIn(server), id)
    const shown = await quality()
    expect((await decide('hide', id, author)).status).toBe(403)
    expect((await decide('hide', id)).status).toBe(204)
    expect(await list()).toMatchObject({ rating: { count: 0 }, items: [] })
    expect(await quality()).toBeLessThan(shown)
    expect(await statesOf(id)).toEqual(['upheld'])
    expect((await author.call('GET', own())).body.review.hidden).toMatchObject({ reason: 'It names a private person.' })
    expect((await owner.call('PUT', `${all()}/${id}/reply`, { body: { body: 'Ha.' } })).status).toBe(404)

    // Neither changing it nor taking it back and writing anew undoes what was decided.
    await write(author, { body: 'Better words.' })
    expect((await author.call('DELETE', own())).status).toBe(204)
    expect((await author.call('GET', own())).body.review).toMatchObject({ title: '', body: '', hidden: {} })
    await write(author)
    expect((await list()).items).toEqual([])

    expect((await decide('unhide', id)).status).toBe(204)
    expect((await list()).items).toMatchObject([{ id }])
    expect(await quality()).toBeCloseTo(shown, 10)
    const decisions = (await trailOf(id)).filter(({ userId }) => userId === operator.userId)
    expect(decisions.map(({ action }) => action)).toEqual(['review.hide', 'review.unhide'])
  })

  test('what is kept stays, and its reports are dismissed', async () => {
    const { id } = await written()
    const reader = await signedIn(server)
    await report(reader, id)
    expect((await decide('keep', id)).status).toBe(204)
    expect((await list()).items).toHaveLength(1)
    expect((await report(reader, id)).status).toBe(204)
    expect((await statesOf(id)).toSorted()).toEqual(['dismissed', 'open'])
    await decide('hide', id)
    expect((await decide('keep', id)).status).toBe(409)
    expect((await decide('hide', crypto.randomUUID())).status).toBe(404)
  })

  test('reporting is limited for each person', async () => {
    const { id } = await written()
    const reader = await signedIn(server)
    for (let count = 0; count < 20; count += 1) await report(reader, id)
    const refused = await report(reader, id)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})
