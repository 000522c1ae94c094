// Entries that are claimed: a real web server as the project's own host, a DNS of this test, real mail, and operators who decide.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  agentClaims,
  agents,
  auditLogs,
  interactions,
  organization,
  organizationMember,
  user,
} from '#src/db/schema/index.ts'
import { readCatalogueSeed } from '#src/db/seed/index.ts'
import { seedCatalogue } from '#src/features/catalog/index.ts'
import { eventually } from '#test/integration/engagement/bench.ts'
import { startSmtpCatcher } from '#test/integration/mail/smtp-catcher.ts'
import type { SmtpCatcher } from '#test/integration/mail/smtp-catcher.ts'
import { addMember, addPerson, addPublisher, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let smtp: SmtpCatcher
let server: TestServer
let host: Server
let operator: Session
/** What the project's host answers, and what it was asked. */
let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked: string[]
const txtRecords = new Map<string, string[][]>()

const resolveTxt = (name: string): Promise<string[][]> => {
  const records = txtRecords.get(name)
  return records === undefined
    ? Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    : Promise.resolve(records)
}

beforeAll(async () => {
  smtp = await startSmtpCatcher()
  host = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  server = await startTestServer({ environment: { SMTP_URL: smtp.url }, overrides: { resolveTxt } })
  operator = await signedIn(server, { role: 'admin' })
})
afterAll(async () => {
  await server.stop()
  await smtp.stop()
  await new Promise((resolve) => host.close(resolve))
})

const db = () => server.deps.db
const hostName = () => `127.0.0.1:${(host.address() as AddressInfo).port}`
const says = (text: string, status = 200) => {
  answer = (_, response) => void response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
}

let claimant: Session
let organizationSlug: string
let organizationId: string
let agentId: string
let slug: string

beforeEach(async () => {
  asked = []
  txtRecords.clear()
  says('', 404)
  ;({ agentId, slug } = await addEntry(`http://${hostName()}/`))
  ;({ claimant, organizationSlug, organizationId } = await addClaimant())
})

async function addEntry(homepageUrl: string | null) {
  const [id, name] = [crypto.randomUUID(), `entry-${crypto.randomUUID()}`]
  const listed = { status: 'published', listing: 'directory_entry', publishedAt: sql`now()` } as const
  await db()
    .insert(agents)
    .values({ id, slug: name, name: 'Lector', tagline: 'Reads', homepageUrl, ...listed })
  return { agentId: id, slug: name }
}

/** Somebody who owns an organization. */
async function addClaimant() {
  const session = await signedIn(server)
  const id = crypto.randomUUID()
  await db()
    .insert(organization)
    .values({ id, name: 'Analytical Engines', slug: `org-${id}` })
  await addMember(db(), { organizationId: id, userId: session.userId, role: 'owner' })
  return { claimant: session, organizationSlug: `org-${id}`, organizationId: id }
}

const start = (by = claimant, body: object = { organization: organizationSlug }) =>
  by.call('POST', `/agents/${slug}/claim`, { body })
const check = (method: 'well_known' | 'dns' = 'well_known', by = claimant) =>
  by.call('POST', `/agents/${slug}/claim/check`, { body: { method } })
const decide = (id: string, verdict: string, body?: object) =>
  operator.call('POST', `/operator/claims/${id}/${verdict}`, { body })
const rowOf = async (id: string) => (await db().select().from(agentClaims).where(eq(agentClaims.id, id)))[0]
const agentNow = async () => (await db().select().from(agents).where(eq(agents.id, agentId)))[0]
const trailOf = async (id: string) =>
  (await db().select().from(auditLogs).where(eq(auditLogs.resourceId, id)).orderBy(auditLogs.timestamp)).map(
    ({ action, result, userId }) => [action, result, userId],
  )
const mailsTo = ({ userId }: { userId: string }) =>
  smtp.mails.filter((mail) => !Array.isArray(mail.to) && mail.to?.value[0]?.address === `${userId}@example.com`)

/** A claim whose text the host shows. Returns its id. */
async function proven(by = { claimant, organizationSlug }): Promise<string> {
  const { body } = await start(by.claimant, { organization: by.organizationSlug })
  const present = txtRecords.get('_rialto-claim.127.0.0.1') ?? []
  txtRecords.set('_rialto-claim.127.0.0.1', [...present, [body.token]])
  expect((await check('dns', by.claimant)).body.state).toBe('proven')
  return body.id
}

describe('beginning a claim', () => {
  test('is for owners and admins of an organization, once for each', async () => {
    const member = await signedIn(server)
    await addMember(db(), { organizationId, userId: member.userId, role: 'member' })
    expect((await start(member)).status).toBe(403)
    expect((await start(await signedIn(server))).status).toBe(404)
    expect((await start(claimant, {})).status).toBe(400)
    await db().update(user).set({ emailVerified: false }).where(eq(user.id, claimant.userId))
    expect((await start()).status).toBe(403)
    await db().update(user).set({ emailVerified: true }).where(eq(user.id, claimant.userId))
    const [first, second] = await Promise.all([start(), start()])
    expect(first.status).toBe(200)
    expect(first.body.token).toMatch(/^rialto-claim-[\w-]{32}$/)
    expect(first.body).toMatchObject({
      state: 'pending',
      host: hostName(),
      fileUrl: `http://${hostName()}/.well-known/rialto-claim.txt`,
      dnsName: '_rialto-claim.127.0.0.1',
    })
    expect(second.body).toEqual(first.body)
    // Another admin of theirs goes on with it; nobody else sees it.
    const admin = await signedIn(server)
    await addMember(db(), { organizationId, userId: admin.userId, role: 'admin' })
    expect((await admin.call('GET', `/agents/${slug}/claim`)).body).toEqual(first.body)
    expect((await member.call('GET', `/agents/${slug}/claim`)).status).toBe(404)
  })

  test.each([
    ['a code host', 'https://github.com/lector/lector', 409],
    ['no homepage', null, 409],
  ])('is refused where the entry names %s', async (_, homepageUrl, status) => {
    ;({ agentId, slug } = await addEntry(homepageUrl))
    expect((await start()).status).toBe(status)
  })

  test('is refused for what has a publisher, and for what isn’t listed', async () => {
    ;({ agentId, slug } = await addPublisher(db()))
    expect((await start()).status).toBe(409)
    slug = 'nothing-of-the-kind'
    expect((await start()).status).toBe(404)
  })
})

describe('the proof', () => {
  test('by a file is looked for at the homepage’s host, and what came back instead is said exactly', async () => {
    const { id, token } = (await start()).body
    const url = `http://${hostName()}/.well-known/rialto-claim.txt`
    const error = async () => (await check()).body.checkError
    expect(await error()).toBe(`We asked for ${url}. It answered 404.`)
    says('<!doctype html>\n<title>Lector</title>')
    expect(await error()).toBe(
      `We asked for ${url}. It answered 200, with “<!doctype html> <title>Lector</title>” and not the text.`,
    )
    says(`${token}x`)
    expect((await check()).body.state).toBe('pending')
    // To a page that anybody may fill, say.
    answer = (_, response) => void response.writeHead(302, { location: '/users/eve' }).end()
    expect(await error()).toBe(
      `We asked for ${url}. It answered with a redirect, which is not followed: the text has to stand there itself.`,
    )
    expect(asked.at(-1)).toBe('GET /.well-known/rialto-claim.txt')
    says('x'.repeat(200_000))
    expect(await error()).toContain('more than 16,384 bytes')
    answer = (_, response) => void response.destroy()
    expect(await error()).toBe(`We asked for ${url}. Nobody answered there, or not with a certificate that counts.`)
    says(`other-service-proof\r\n${token}\r\n`)
    expect((await check()).body).toMatchObject({ state: 'proven', checkError: null, method: 'well_known' })
    const acts = await db().select().from(interactions).where(eq(interactions.agentId, agentId))
    expect(acts).toMatchObject([{ type: 'claimed', metadata: { organization: 'Analytical Engines', claimId: id } }])
    const trail = await trailOf(id)
    expect(trail.at(0)).toEqual(['agent_claim.start', 'success', claimant.userId])
    expect(trail.at(1)).toEqual(['agent_claim.check', 'failure', claimant.userId])
    expect(trail.at(-1)).toEqual(['agent_claim.prove', 'success', claimant.userId])
    // Proven once, it isn't looked for again until somebody decides.
    asked = []
    expect((await check()).body.state).toBe('proven')
    expect(asked).toEqual([])
  })

  test('by the DNS is looked for under the host’s name', async () => {
    const { token } = (await start()).body
    const name = '_rialto-claim.127.0.0.1'
    const error = async () => (await check('dns')).body.checkError
    expect(await error()).toBe(
      `We asked the DNS for the TXT records of ${name}. There is none. A new record can take up to an hour until everybody sees it.`,
    )
    txtRecords.set(name, [['v=spf1 -all'], ['rialto-claim-', 'of another']])
    expect(await error()).toBe(
      `We asked the DNS for the TXT records of ${name} and got “v=spf1 -all”, “rialto-claim-of another”, but not the text.`,
    )
    // A long record comes in pieces.
    txtRecords.set(name, [['v=spf1 -all'], [token.slice(0, 20), token.slice(20)]])
    expect((await check('dns')).body).toMatchObject({ state: 'proven', method: 'dns' })
    expect(asked).toEqual([])
  })

  test('is looked for only so often, and not once the entry has another homepage', async () => {
    await start()
    await db().update(agents).set({ homepageUrl: 'https://elsewhere.example/' }).where(eq(agents.id, agentId))
    expect((await check()).status).toBe(409)
    await db()
      .update(agents)
      .set({ homepageUrl: `http://${hostName()}/` })
      .where(eq(agents.id, agentId))
    for (let count = 0; count < 30; count += 1) {
      await server.deps.auth.limits.take({ 'claim-check:account': [claimant.userId] })
    }
    const refused = await check()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(asked).toEqual([])
  })

  test('is withdrawn by whoever made the claim, and begins anew with another text', async () => {
    const { id, token } = (await start()).body
    expect((await claimant.call('DELETE', `/agents/${slug}/claim`)).status).toBe(204)
    expect((await claimant.call('DELETE', `/agents/${slug}/claim`)).status).toBe(204)
    expect((await rowOf(id))?.state).toBe('withdrawn')
    expect((await check()).status).toBe(404)
    const again = (await start()).body
    expect(again.token).not.toBe(token)
    says(token)
    expect((await check()).body.state).toBe('pending')
  })
})

describe('the decision', () => {
  test('is an operator’s, about what is proven', async () => {
    const { id } = (await start()).body
    expect((await decide(id, 'approve')).status).toBe(409)
    expect((await decide(crypto.randomUUID(), 'approve')).status).toBe(404)
    expect((await claimant.call('POST', `/operator/claims/${id}/approve`)).status).toBe(403)
    expect((await claimant.call('GET', '/operator/claims')).status).toBe(403)
    expect((await agentNow())?.organizationId).toBeNull()
  })

  test('hands the entry over once the proof is still there, in one go', async () => {
    const other = await addClaimant()
    const colleague = await addPerson(db())
    await addMember(db(), { organizationId, userId: colleague, role: 'member' })
    const id = await proven()
    const { body: competing } = await start(other.claimant, { organization: other.organizationSlug })
    const waiting = (await operator.call('GET', '/operator/claims')).body.items
    expect(waiting.map((claim: { id: string }) => claim.id)).toContain(id)
    const records = txtRecords.get('_rialto-claim.127.0.0.1') ?? []
    txtRecords.clear()
    const gone = await decide(id, 'approve')
    expect(gone.status).toBe(409)
    expect(gone.body.detail).toContain(
      'We asked the DNS for the TXT records of _rialto-claim.127.0.0.1. There is none.',
    )
    expect(await rowOf(id)).toMatchObject({ state: 'proven', checkError: gone.body.detail })
    txtRecords.set('_rialto-claim.127.0.0.1', records)
    expect((await decide(id, 'approve')).status).toBe(204)
    expect(await agentNow()).toMatchObject({
      listing: 'agent',
      organizationId,
      publisherName: 'Analytical Engines',
      slug,
      tagline: 'Reads',
      status: 'published',
      claimedAt: expect.any(Date),
      verifiedAt: expect.any(Date),
    })
    expect(await rowOf(id)).toMatchObject({ state: 'approved', decidedBy: operator.userId, checkError: null })
    expect(await rowOf(competing.id)).toMatchObject({ state: 'refused', decidedBy: operator.userId })
    expect((await trailOf(id)).slice(-2)).toEqual([
      ['agent_claim.approve', 'failure', operator.userId],
      ['agent_claim.approve', 'success', operator.userId],
    ])
    // Nobody can use it from here before it is connected.
    expect((await operator.call('PUT', `/agents/${slug}/install`)).status).toBe(409)
    const shown = await (await fetch(`${server.origin}/agents/${slug}`)).text()
    expect(shown).toContain('Verified publisher')
    expect(shown).not.toContain('Install Lector')
    expect(shown).not.toContain('id="reviews"')
    const found = await operator.call('GET', '/agents?q=analytical+engines&limit=50')
    expect(found.body.items.map((item: { slug: string }) => item.slug)).toContain(slug)
    await eventually(() => {
      for (const userId of [claimant.userId, colleague]) {
        expect(mailsTo({ userId }).map(({ subject }) => subject)).toEqual([
          'Lector is published by Analytical Engines now',
        ])
      }
      expect(mailsTo(other.claimant).map(({ subject }) => subject)).toEqual(['Your claim of Lector was refused'])
    })
    expect(mailsTo(claimant)[0]?.text).toContain('Your claim was proven at')
    expect(mailsTo({ userId: colleague })[0]?.text).toContain('Your organization’s claim was proven at')
    expect((await decide(id, 'approve')).status).toBe(409)
    expect((await start(other.claimant, { organization: other.organizationSlug })).status).toBe(409)
  })

  test('gives an entry to one of two that are approved at once', async () => {
    const other = await addClaimant()
    const ids = [await proven(), await proven(other)]
    const answers = await Promise.all(ids.map((id) => decide(id, 'approve')))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409])
    const isOfThis = and(eq(agentClaims.agentId, agentId), inArray(agentClaims.id, ids))
    const rows = await db().select().from(agentClaims).where(isOfThis)
    expect(rows.map(({ state }) => state).toSorted()).toEqual(['approved', 'refused'])
    const winner = rows.find(({ state }) => state === 'approved')
    expect((await agentNow())?.organizationId).toBe(winner?.organizationId)
  })

  test('is made when the entry goes: nobody waits for what can’t be claimed any more', async () => {
    const other = await addClaimant()
    const ids = [await proven(), (await start(other.claimant, { organization: other.organizationSlug })).body.id]
    await other.claimant.call('POST', `/agents/${slug}/removal`, { body: { details: 'It is ours.' } })
    const { items } = (await operator.call('GET', '/operator/reports?kind=removal&limit=100')).body
    const { id } = items.find(({ agent }: { agent: { slug: string } }) => agent.slug === slug)
    const upheld = await operator.call('POST', `/operator/reports/${id}/uphold`, { body: { reason: 'They asked.' } })
    expect(upheld.status).toBe(204)
    for (const claimId of ids) {
      expect(await rowOf(claimId)).toMatchObject({ state: 'refused', decidedBy: operator.userId })
      expect((await trailOf(claimId)).at(-1)).toEqual(['agent_claim.refuse', 'success', operator.userId])
    }
    await eventually(() => {
      for (const person of [claimant, other.claimant]) {
        const [mail] = mailsTo(person).filter(({ subject }) => subject === 'Your claim of Lector was refused')
        expect(mail?.text).toContain('> The entry was taken down')
      }
    })
  })

  test('is not for somebody who doesn’t manage the organization any more', async () => {
    const id = await proven()
    await db().update(organizationMember).set({ role: 'member' }).where(eq(organizationMember.userId, claimant.userId))
    expect((await decide(id, 'approve')).status).toBe(409)
    expect(await agentNow()).toMatchObject({ listing: 'directory_entry', claimedAt: null })
    expect((await rowOf(id))?.state).toBe('proven')
  })

  test('may be no, for a reason that the claimant reads; then they may begin again', async () => {
    const id = await proven()
    expect((await decide(id, 'refuse', { reason: '' })).status).toBe(400)
    expect((await decide(id, 'refuse', { reason: 'The site is a mirror.' })).status).toBe(204)
    expect((await decide(id, 'refuse', { reason: 'Twice.' })).status).toBe(409)
    await eventually(() => expect(mailsTo(claimant)[0]?.text).toContain('> The site is a mirror.'))
    expect((await claimant.call('GET', `/agents/${slug}/claim`)).body).toMatchObject({
      state: 'refused',
      reason: 'The site is a mirror.',
    })
    expect((await start()).body.state).toBe('pending')
  })

  test('stands against the seed, which neither overwrites nor makes anew what is claimed', async () => {
    const seed = await readCatalogueSeed()
    const entries = seed.entries
      .filter((entry) => entry.slug === 'aider')
      .map((entry) => ({ ...entry, homepageUrl: `http://${hostName()}/` }))
    await seedCatalogue(db(), { ...seed, entries })
    slug = 'aider'
    agentId = (await db().select().from(agents).where(eq(agents.slug, slug)))[0]?.id ?? ''
    const id = await proven()
    expect((await decide(id, 'approve')).status).toBe(204)
    const claimed = await agentNow()
    const newer = entries.map((entry) => ({ ...entry, tagline: 'Newer', publisherName: 'Somebody else' }))
    expect(await seedCatalogue(db(), { ...seed, entries: newer })).toMatchObject({ added: [], leftAlone: ['aider'] })
    expect(await agentNow()).toEqual(claimed)
  })
})
