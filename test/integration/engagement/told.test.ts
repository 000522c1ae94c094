// What people tell about an agent: to the operators, as a report or an ask for removal, and to its publisher, by real mail.
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { agents, agentSearch, auditLogs, interactions, reports, user } from '#src/db/schema/index.ts'
import { readCatalogueSeed } from '#src/db/seed/index.ts'
import { seedCatalogue } from '#src/features/catalog/index.ts'
import { addMember, addPerson, addPublisher, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startSmtpCatcher } from '#test/integration/mail/smtp-catcher.ts'
import type { SmtpCatcher } from '#test/integration/mail/smtp-catcher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from './bench.ts'

let smtp: SmtpCatcher
let server: TestServer
let operator: Session
let person: Session
let agentId: string
let slug: string

beforeAll(async () => {
  smtp = await startSmtpCatcher()
  server = await startTestServer({ environment: { SMTP_URL: smtp.url } })
  operator = await signedIn(server, { role: 'admin' })
})
beforeEach(async () => {
  person = await signedIn(server)
  ;({ agentId, slug } = await addEntry())
})
afterAll(async () => {
  await server.stop()
  await smtp.stop()
})

const db = () => server.deps.db

/** Facts about a project that nobody has claimed. */
async function addEntry() {
  const [id, name] = [crypto.randomUUID(), `entry-${crypto.randomUUID()}`]
  const homepageUrl = 'https://lector.example'
  const listed = { status: 'published', listing: 'directory_entry', publishedAt: sql`now()` } as const
  await db()
    .insert(agents)
    .values({ id, slug: name, name: 'Lector', homepageUrl, ...listed })
  return { agentId: id, slug: name }
}

interface Sent {
  readonly by?: Session
  readonly form?: Readonly<Record<string, string>>
}

async function page(path: string, { by, form }: Sent = {}) {
  const response = await fetch(`${server.origin}/agents/${slug}${path}`, {
    redirect: 'manual',
    headers: { ...(by && { cookie: by.cookie }), ...(form && { origin: server.origin }) },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, html, location: response.headers.get('location') ?? '' }
}

const reportsOf = () => db().select().from(reports).where(eq(reports.agentId, agentId))
const open = async (kind: string): Promise<{ id: string }[]> =>
  (await operator.call('GET', `/operator/reports?kind=${kind}&limit=100`)).body.items.filter(
    ({ agent }: { agent: { slug: string } }) => agent.slug === slug,
  )
const actsOf = async () =>
  (await db().select().from(interactions).where(eq(interactions.agentId, agentId))).map(({ type }) => type)
const mailsTo = (to: string) =>
  smtp.mails.filter((mail) => !Array.isArray(mail.to) && mail.to?.value[0]?.address === to)
const linkTo = async (to: string): Promise<string> => {
  let link = ''
  await eventually(() => {
    link = /http\S+\/confirm\/mailbox\/\S+/.exec(mailsTo(to).at(-1)?.text ?? '')?.[0] ?? ''
    expect(link).not.toBe('')
  })
  return link
}
const press = (link: string) =>
  fetch(link, { method: 'POST', headers: { origin: server.origin }, body: new URLSearchParams({}) })
const decide = (id: string, verdict: string, body: object = { reason: 'So it is.' }) =>
  operator.call('POST', `/operator/reports/${id}/${verdict}`, { body })

describe('reporting an agent', () => {
  const report = (body: object = { reason: 'not_working', details: 'It answers nothing.' }, by = person) =>
    by.call('POST', `/agents/${slug}/report`, { body })

  test('is open once for each person, audited, told, and decided by an operator', async () => {
    const answers = await Promise.all([report(), report()])
    expect([...answers, await report({ reason: 'spam' })].map(({ status }) => status)).toEqual([204, 204, 204])
    expect(await actsOf()).toEqual(['reported'])
    const [waiting] = await open('agent')
    const id = waiting?.id ?? ''
    expect((await person.call('GET', `/operator/reports/${id}`)).status).toBe(403)
    expect((await operator.call('GET', `/operator/reports/${id}`)).body).toMatchObject({
      reason: 'not_working',
      reporter: { name: 'Ada', email: `${person.userId}@example.com` },
      isDirectoryEntry: true,
    })
    expect((await decide(id, 'uphold', { reason: ' ' })).status).toBe(400)
    expect((await decide(id, 'uphold')).status).toBe(204)
    expect((await decide(id, 'dismiss')).status).toBe(409)
    expect(await reportsOf()).toMatchObject([{ state: 'upheld', decidedBy: operator.userId, decision: 'So it is.' }])
    // Upholding alone takes nothing down.
    expect((await page('')).status).toBe(200)
    const trail = await db().select().from(auditLogs).where(eq(auditLogs.resourceId, id))
    expect(trail).toMatchObject([{ action: 'report.uphold', metadata: { reason: 'So it is.', takesDown: false } }])
    // Decided, it may be reported again.
    expect((await report()).status).toBe(204)
    expect(await reportsOf()).toHaveLength(2)
  })

  test('takes an unclaimed entry down where the operator says so, and never what has a publisher', async () => {
    await report()
    const [first] = await open('agent')
    expect((await decide(first?.id ?? '', 'uphold', { reason: 'A fake.', takesDown: true })).status).toBe(204)
    // Its makers didn't ask for it.
    expect((await page('')).status).toBe(404)
    expect(await db().$count(agentSearch, eq(agentSearch.agentId, agentId))).toBe(0)
    const published = await addPublisher(db())
    ;({ agentId, slug } = published)
    await report()
    const [second] = await open('agent')
    expect((await decide(second?.id ?? '', 'uphold', { reason: 'A fake.', takesDown: true })).status).toBe(409)
    expect((await page('')).status).toBe(200)
  })

  test('without a confirmed address waits for the mailbox, and operators see nothing before', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const form = { reason: 'harmful', details: 'It sends what I type to strangers.', email }
    const wrong = await page('/report', { form: { ...form, reason: '', email: 'nobody' } })
    expect(wrong.status).toBe(400)
    expect(wrong.html).toContain('Choose what is wrong with it.')
    expect(wrong.html).toContain('This is not a complete e-mail address.')
    expect(wrong.html).toContain('It sends what I type to strangers.')
    expect((await page('/report', { form })).location).toBe(`/agents/${slug}/report?sent=asked`)
    expect(await open('agent')).toEqual([])
    expect(await actsOf()).toEqual([])
    const link = await linkTo(email)
    // Programs open links in mails.
    expect(await (await fetch(link)).text()).toContain('Send your report about Lector?')
    expect(await open('agent')).toEqual([])
    expect(await (await press(link)).text()).toContain('The operators have your report')
    await press(link)
    expect(await open('agent')).toMatchObject([{ reporterEmail: email, reason: 'harmful' }])
    expect(await actsOf()).toEqual(['reported'])
    // The same answer as to anybody, and no second report.
    expect((await page('/report', { form })).location).toContain('sent=asked')
    expect(await reportsOf()).toHaveLength(1)
  })

  test('by mail says what the mailbox has read, and nothing that somebody else wrote in its name since', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const write = (details: string) => page('/report', { form: { reason: 'not_working', details, email } })
    await write('It answers <nothing>.')
    const first = await linkTo(email)
    expect(await (await fetch(first)).text()).toContain('It answers &lt;nothing&gt;.')
    await write('They are thieves.')
    expect((await press(first)).status).toBe(410)
    expect(await open('agent')).toEqual([])
  })

  test('is limited for each person', async () => {
    const { auth } = server.deps
    for (let count = 0; count < 20; count += 1) await auth.limits.take({ 'report:account': [person.userId] })
    const refused = await report()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await reportsOf()).toEqual([])
  })
})

describe('asking for the removal of an entry', () => {
  const ask = (by = person, details = 'I maintain it.') =>
    by.call('POST', `/agents/${slug}/removal`, { body: { details } })

  test('is for what nobody has claimed, and says who asks', async () => {
    expect((await ask(person, '')).status).toBe(400)
    ;({ agentId, slug } = await addPublisher(db()))
    expect((await ask()).status).toBe(409)
    expect((await page('/removal')).html).toContain('has a publisher')
  })

  test('upheld takes the entry out for good, answers everybody who asked, and the address says why', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    expect((await ask()).status).toBe(204)
    await page('/removal', { form: { details: 'It is ours.', email } })
    await press(await linkTo(email))
    expect((await actsOf()).toSorted()).toEqual(['removal_asked', 'removal_asked'])
    const waiting = await open('removal')
    expect(waiting).toHaveLength(2)
    expect((await decide(waiting[0]?.id ?? '', 'uphold', { reason: 'The maintainer asked.' })).status).toBe(204)
    expect((await reportsOf()).map(({ state }) => state)).toEqual(['upheld', 'upheld'])
    const gone = await page('')
    expect(gone.status).toBe(410)
    expect(gone.html).toContain('This entry was removed')
    expect(await db().$count(agentSearch, eq(agentSearch.agentId, agentId))).toBe(0)
    await eventually(() => {
      for (const to of [email, `${person.userId}@example.com`]) {
        const [mail] = mailsTo(to).filter(({ subject }) => subject === 'Lector was removed')
        expect(mail?.text).toContain('> The maintainer asked.')
      }
    })
    expect((await ask()).status).toBe(404)
  })

  test('dismissed leaves the entry, and whoever asked reads why', async () => {
    await ask()
    const [waiting] = await open('removal')
    await decide(waiting?.id ?? '', 'dismiss', { reason: 'We could not see that it is yours.' })
    expect((await page('')).status).toBe(200)
    await eventually(() => {
      const [mail] = mailsTo(`${person.userId}@example.com`)
      expect(mail?.subject).toBe('Lector stays listed')
      expect(mail?.text).toContain('We could not see that it is yours.')
    })
  })

  test('is never undone by the seed', async () => {
    const seed = await readCatalogueSeed()
    const entries = seed.entries.filter((entry) => entry.slug === 'aider')
    await seedCatalogue(db(), { ...seed, entries })
    slug = 'aider'
    agentId = (await db().select().from(agents).where(eq(agents.slug, slug)))[0]?.id ?? ''
    await ask()
    const [waiting] = await open('removal')
    await decide(waiting?.id ?? '', 'uphold')
    const newer = entries.map((entry) => ({ ...entry, tagline: 'Newer' }))
    expect(await seedCatalogue(db(), { ...seed, entries: newer })).toMatchObject({ added: [], leftAlone: ['aider'] })
    const [row] = await db().select().from(agents).where(eq(agents.slug, slug))
    expect(row).toMatchObject({ status: 'archived', tagline: entries[0]?.tagline })
  })
})

describe('writing to a publisher', () => {
  const write = (body: object = { kind: 'message', message: 'Does it read scanned pages?' }, by = person) =>
    by.call('POST', `/agents/${slug}/contact`, { body })
  let ownerEmail: string

  beforeEach(async () => {
    const publisher = await addPublisher(db())
    ;({ agentId, slug } = publisher)
    ownerEmail = `${publisher.userId}@example.com`
    const { organizationId } = publisher
    await addMember(db(), { organizationId, userId: await addPerson(db()), role: 'member' })
  })

  test('reaches its owners and admins once, with the writer to reply to and nothing else of theirs in the headers', async () => {
    const name = 'Eve\r\nBcc: x@example.com'
    await db().update(user).set({ name }).where(eq(user.id, person.userId))
    const hostile = {
      kind: 'demo',
      message: 'Show us, please.\r\n.\r\nBcc: everybody@example.com\r\n\r\nSubject: Hello',
    }
    const answers = await Promise.all([write(hostile), write(hostile)])
    expect(answers.map(({ status }) => status)).toEqual([204, 204])
    await eventually(() => expect(mailsTo(ownerEmail)).toHaveLength(1))
    const [mail] = mailsTo(ownerEmail)
    expect(mail?.replyTo?.value).toEqual([{ address: `${person.userId}@example.com`, name: '' }])
    expect(mail?.subject).toBe('Somebody asks for a demo of Lector')
    expect(mail?.headers.has('bcc')).toBe(false)
    expect(mail?.text).toContain('> Bcc: everybody@example.com')
    // To nobody else: not to mere members, and to nobody that a header could have named.
    const isAboutThis = ({ to }: { to: string }) =>
      to === ownerEmail || to.startsWith('everybody') || to.startsWith('x@')
    expect(smtp.attempts.filter(isAboutThis)).toHaveLength(1)
    expect(await actsOf()).toEqual(['demo_requested'])
    const [act] = await db().select().from(interactions).where(eq(interactions.agentId, agentId))
    expect(act).toMatchObject({ userEmail: `${person.userId}@example.com`, metadata: {} })
  })

  test('needs a confirmed address and words, and is limited', async () => {
    await db().update(user).set({ emailVerified: false }).where(eq(user.id, person.userId))
    const stranger = await page('/contact')
    expect(stranger.location).toContain('/sign-in?returnTo=')
    expect((await page('/contact', { by: person })).html).toContain('Confirm your address first')
    expect((await write()).status).toBe(403)
    await db().update(user).set({ emailVerified: true }).where(eq(user.id, person.userId))
    const short = await page('/contact', { by: person, form: { kind: 'message', message: 'Hi' } })
    expect(short.status).toBe(400)
    expect(short.html).toContain('The message must have at least 10 characters.')
    expect((await page('/contact', { by: person })).html).toContain(`${person.userId}@example.com`)
    for (let count = 0; count < 10; count += 1) {
      await server.deps.auth.limits.take({ 'contact:account': [person.userId] })
    }
    expect((await write()).status).toBe(429)
    expect(await actsOf()).toEqual([])
  })

  test('is not there for what nobody publishes, and the page leads to the project', async () => {
    ;({ agentId, slug } = await addEntry())
    expect((await write()).status).toBe(409)
    const { html } = await page('/contact')
    expect(html).toContain('Nobody publishes Lector here')
    expect(html).toContain('href="https://lector.example')
    await db().update(agents).set({ listing: 'agent' }).where(eq(agents.id, agentId))
    expect((await write()).status).toBe(409)
    expect((await page('/contact')).html).toContain('Nobody can be written to about Lector')
  })
})

test('who is told is kept by operators: asked, asked again, removed, each audited', async () => {
  const email = `${crypto.randomUUID()}@example.com`
  const list = async () =>
    (await operator.call('GET', '/operator/recipients')).body.items.filter(
      (recipient: { email: string }) => recipient.email === email,
    )
  expect((await person.call('GET', '/operator/recipients')).status).toBe(403)
  const add = () => operator.call('POST', '/operator/recipients', { body: { email: email.toUpperCase() } })
  expect((await add()).status).toBe(204)
  const [added] = await list()
  expect(added).toMatchObject({ confirmedAt: null })
  expect((await add()).status).toBe(204)
  expect((await operator.call('DELETE', `/operator/recipients/${added.id}`)).status).toBe(204)
  expect((await operator.call('DELETE', `/operator/recipients/${added.id}`)).status).toBe(404)
  expect(await list()).toEqual([])
  const trail = await db().select().from(auditLogs).where(eq(auditLogs.resourceId, added.id))
  expect(trail.map(({ userId, action }) => [userId, action.split('.')[1]])).toEqual([
    [operator.userId, 'add'],
    [operator.userId, 'ask_again'],
    [operator.userId, 'remove'],
  ])
})
