// The pages of reviews as they leave the server: what is missing before one may be written, and what strangers' words may do.
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { agents, reports, reviews, user } from '#src/db/schema/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { addAgent, discover, newPerson, signInAt } from '#test/integration/oauth/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addReviewedAgent, newReviewer, signInOnDays } from './reviewers.ts'
import type { ReviewedAgent } from './reviewers.ts'

let server: TestServer
let owner: Session
let agent: ReviewedAgent

beforeAll(async () => {
  server = await startTestServer()
  owner = await signedIn(server)
})
beforeEach(async () => {
  agent = await addReviewedAgent(server, owner)
})
afterAll(() => server.stop())

interface Asked {
  readonly by?: Session
  readonly form?: Readonly<Record<string, string>>
}

async function page(path: string, { by, form }: Asked = {}) {
  const response = await fetch(`${server.origin}/agents/${agent.slug}/reviews${path}`, {
    redirect: 'manual',
    headers: { ...(by && { cookie: by.cookie }), ...(form && { origin: server.origin }) },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  // React puts empty comments between neighbouring texts.
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, html, location: response.headers.get('location') ?? '' }
}

const idOf = async ({ userId }: Session): Promise<string> => {
  const [row] = await server.deps.db.select().from(reviews).where(eq(reviews.userId, userId))
  return row?.id ?? ''
}

test('says what is missing: an account, use, another day, being somebody else', async () => {
  expect((await page('/new')).location).toContain('/sign-in?returnTo=')
  const person = await signedIn(server)
  const form = { rating: '5' }
  expect((await page('/new', { by: person })).html).toContain('Use Lector first')
  expect(await page('/new', { by: person, form })).toMatchObject({ status: 403 })
  await signInOnDays(server.deps.db, { agentId: agent.agentId, userId: person.userId, days: 1 })
  expect((await page('/new', { by: person })).html).toContain('You signed in to Lector on one day; come back after')
  expect((await page('/new', { by: owner })).html).toContain('Lector is your own')
  expect(await server.deps.db.$count(reviews, eq(reviews.userId, person.userId))).toBe(0)
})

test('takes a review once its author has really signed in at the agent on two days', async () => {
  const used = await addAgent(server)
  const [person, config] = [await newPerson(server), await discover(server, used)]
  await server.deps.db.update(user).set({ emailVerified: true }).where(eq(user.email, person.email))
  const write = () => person.submit(`/agents/${used.slug}/reviews/new`, { rating: '5', title: 'Read it twice' })
  await signInAt(config, person)
  await signInAt(config, person)
  expect(await write()).toMatchObject({ status: 403 })
  await server.deps.db.execute(sql`UPDATE agent_sign_ins SET day = day - 1 WHERE agent_id = ${used.id}`)
  await signInAt(config, person)
  const { url, text } = await write()
  expect(url.pathname).toBe(`/agents/${used.slug}/reviews`)
  expect(text).toContain('Read it twice')
})

test('keeps what was typed, with what has to change', async () => {
  const person = await newReviewer(server, agent.agentId)
  const form = { rating: '', title: 'x'.repeat(201), body: 'What I <typed>\r\nin two lines' }
  const { status, html } = await page('/new', { by: person, form })
  expect(status).toBe(400)
  expect(html).toContain('Choose how many stars you give.')
  expect(html).toContain('The title must have at most 200 characters.')
  expect(html).toContain('What I &lt;typed&gt;')
})

test('renders a stranger’s words harmless, wherever they stand', async () => {
  const person = await newReviewer(server, agent.agentId)
  const hostile = [
    '<script>alert(1)</script>',
    'See <img src=x onerror=alert(1)> and [go](javascript:alert(1))',
    'It is **bold**, see [here](https://a.example)',
  ].join('\n\n')
  const form = { rating: '2', title: '<script>alert(2)</script>', body: hostile }
  expect(await page('/new', { by: person, form })).toMatchObject({
    status: 303,
    location: `/agents/${agent.slug}/reviews?notice=saved`,
  })
  const id = await idOf(person)
  const reply = await page(`/${id}`, { by: owner, form: { intent: 'reply', body: hostile } })
  expect(reply.status).toBe(303)
  for (const { html } of [await page(''), await page(`/${id}`, { by: owner })]) {
    expect(html).toContain('<strong>bold</strong>')
    expect(html).toContain('&lt;script&gt;alert(2)&lt;/script&gt;')
    expect(html).toContain('rel="nofollow ugc noopener"')
    expect(html).not.toMatch(/<script>|<img src|href="javascript/)
  }
})

test('has forms for those who may use them, and for nobody else', async () => {
  const author = await newReviewer(server, agent.agentId)
  await page('/new', { by: author, form: { rating: '4', title: 'Good' } })
  const path = `/${await idOf(author)}`
  const [reader, operator] = [await signedIn(server), await signedIn(server, { role: 'admin' })]
  const shown = async (by: Session) =>
    ['Publish answer', 'Report the review', 'Hide the review', 'Change your review'].filter(
      (name) => by && pages.get(by)?.includes(name),
    )
  const pages = new Map<Session, string>()
  for (const by of [author, reader, owner, operator]) pages.set(by, (await page(path, { by })).html)
  expect(await shown(author)).toEqual(['Change your review'])
  expect(await shown(reader)).toEqual(['Report the review'])
  expect(await shown(owner)).toEqual(['Publish answer', 'Report the review'])
  expect(await shown(operator)).toEqual(['Hide the review'])
  for (const intent of ['hide', 'keep', 'reply']) {
    expect((await page(path, { by: reader, form: { intent, reason: 'Mine.', body: 'Mine.' } })).status).toBe(404)
  }
  expect((await page(path, { by: reader, form: { intent: 'report', reason: 'spam' } })).status).toBe(303)
  expect(await server.deps.db.$count(reports, eq(reports.reporterId, reader.userId))).toBe(1)
})

test('a hidden review is its author’s alone to see, with the reason', async () => {
  const author = await newReviewer(server, agent.agentId)
  await page('/new', { by: author, form: { rating: '4', title: 'Telephone numbers' } })
  const path = `/${await idOf(author)}`
  const operator = await signedIn(server, { role: 'admin' })
  expect((await page(path, { by: operator, form: { intent: 'hide', reason: '' } })).status).toBe(400)
  const reason = 'It names <b>a</b> private person.'
  expect((await page(path, { by: operator, form: { intent: 'hide', reason } })).status).toBe(303)
  expect((await page('')).html).not.toContain('Telephone numbers')
  expect((await page(path, { by: owner })).status).toBe(404)
  expect((await page(path, { by: operator })).html).toContain('Show the review again')
  for (const where of ['', '/new']) {
    const { html } = await page(where, { by: author })
    expect(html).toContain('Your review is hidden')
    expect(html).toContain('It names &lt;b&gt;a&lt;/b&gt; private person.')
  }
  expect((await page('/new', { by: author, form: { intent: 'delete' } })).location).toContain('notice=deleted')
})

test.each(['/nonsense', '/00000000-0000-4000-8000-000000000000', '/%00'])('%s is not there', async (path) => {
  expect((await page(path, { by: owner })).status).toBe(404)
  expect((await page(path, { by: owner, form: { intent: 'report', reason: 'spam' } })).status).toBe(404)
})

test('an agent’s page asks for a first review, but not before the agent can be used', async () => {
  const agentPage = async () => (await fetch(`${server.origin}/agents/${agent.slug}`)).text()
  expect(await agentPage()).toContain('Be the first: sign in to')
  await server.deps.db.update(agents).set({ comingSoon: true }).where(eq(agents.id, agent.agentId))
  expect(await agentPage()).not.toContain('Be the first')
})

test('an agent that is not there has none, and a broken cursor leads to the first page', async () => {
  expect((await page('?cursor=broken')).location).toBe(`/agents/${agent.slug}/reviews`)
  agent = { ...agent, slug: 'no%00such' }
  expect((await page('')).status).toBe(404)
  expect((await page('/new', { by: owner, form: { intent: 'delete' } })).status).toBe(404)
})

test('one’s own account lists what one wrote, also what nobody else sees, and takes it away again', async () => {
  const author = await newReviewer(server, agent.agentId)
  const own = (form?: Readonly<Record<string, string>>) =>
    fetch(`${server.origin}/account/reviews`, {
      redirect: 'manual',
      headers: { cookie: author.cookie, ...(form && { origin: server.origin }) },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
  const shown = async () => (await (await own()).text()).replaceAll('<!-- -->', '')
  // Used on two days and not reviewed: named, with the way to do it.
  expect(await shown()).toContain('You have reviewed nothing yet')
  expect(await shown()).toContain(`/agents/${agent.slug}/reviews/new`)

  await page('/new', {
    by: author,
    form: { rating: '4', title: 'Good', body: 'See <script>alert(1)</script> **bold**' },
  })
  const id = await idOf(author)
  await page(`/${id}`, { by: owner, form: { intent: 'reply', body: 'Thank you.' } })
  const operator = await signedIn(server, { role: 'admin' })
  await page(`/${id}`, { by: operator, form: { intent: 'hide', reason: 'It names somebody.' } })
  await server.deps.db.update(agents).set({ status: 'suspended' }).where(eq(agents.slug, agent.slug))
  const html = await shown()
  for (const said of ['Good', '<strong>bold</strong>', 'Thank you.', 'It names somebody.', 'Not listed now'])
    expect(html).toContain(said)
  expect(html).not.toContain('<script>alert')
  expect(html).not.toContain(`/agents/${agent.slug}/reviews/new`)

  const stranger = await signedIn(server)
  const theirs = await fetch(`${server.origin}/account/reviews`, { headers: { cookie: stranger.cookie } })
  expect(await theirs.text()).not.toContain('Thank you.')
  // Of one that is hidden the words go, and that it is hidden stays.
  expect((await own({ agent: agent.slug })).headers.get('location')).toBe('/account/reviews?notice=deleted')
  const emptied = await shown()
  expect(emptied).toContain('You deleted its words.')
  expect(emptied).not.toContain('Thank you.')
  expect((await own({ agent: 'no-such-agent' })).status).toBe(404)
})

test('the list of one’s own reviews goes on where a page ends, and begins anew for a cursor that is none', async () => {
  const author = await newReviewer(server, agent.agentId)
  await server.deps.db.execute(sql`
    WITH made AS (
      INSERT INTO agents (slug, name, status, published_at) SELECT 'many-' || gen_random_uuid(), 'Many', 'published', now()
      FROM generate_series(1, 25) RETURNING id
    ) INSERT INTO reviews (agent_id, user_id, rating, title) SELECT id, ${author.userId}, 3, 'no ' || id FROM made`)
  const open = async (path: string) => {
    const response = await fetch(server.origin + path, { headers: { cookie: author.cookie } })
    const html = await response.text()
    return {
      titles: html.match(/no [0-9a-f-]{36}/g) ?? [],
      next: /href="\/account\/reviews\?cursor=([\w%-]+)/.exec(html)?.[1],
    }
  }
  const first = await open('/account/reviews')
  const second = await open(`/account/reviews?cursor=${first.next}`)
  expect([first.titles.length, second.titles.length, second.next]).toEqual([20, 5, undefined])
  expect(new Set([...first.titles, ...second.titles]).size).toBe(25)
  expect((await open('/account/reviews?cursor=nonsense')).titles).toEqual(first.titles)
})
