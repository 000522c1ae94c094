// What people are told, at which percents, and how they stop it: on their page, and from the mail alone.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sendNotices } from '#src/features/usage/notices/send-notices.ts'
import type { MailMessage } from '#src/integrations/mail/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { addMeteredAgent, addSubscriber, call } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let agent: MeteredAgent
let person: Session
let subscriptionId: string

beforeAll(async () => {
  // Mails stay in their queue, where they can be counted.
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, { messages: { quota: 100 } })
})
beforeEach(async () => {
  person = await signedIn(server)
  subscriptionId = (await addSubscriber(server, agent, { userId: person.userId })).subscriptionId
})
afterAll(() => server.stop())

async function use(delta: number): Promise<void> {
  const body = { clientReqId: randomUUID(), userId: person.userId, metric: 'messages', delta }
  expect((await call(server, { token: agent.token, path: '/usage', body })).body).toMatchObject({ allowed: true })
  await sendNotices(server.deps)
}

async function mails(): Promise<readonly MailMessage[]> {
  const { rows } = await server.deps.db.execute<{ data: MailMessage }>(sql`
    SELECT data FROM pgboss.job JOIN "user" ON data->>'to' = email
    WHERE pgboss.job.name = 'mail' AND "user".id = ${person.userId} ORDER BY created_on`)
  return rows.map(({ data }) => data)
}

const subjects = async () => (await mails()).map(({ subject }) => /\d+ %/.exec(subject)?.[0])

async function page(at: string, form?: Readonly<Record<string, string>>) {
  const response = await fetch(new URL(at, server.origin), {
    redirect: 'manual',
    headers: { cookie: person.cookie, ...(form && { origin: server.origin }) },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, html, location: response.headers.get('location') }
}

/** As a mail program does it: without a cookie, and from nowhere (RFC 8058 §3.2). */
const byMailProgram = (url: string, body = 'List-Unsubscribe=One-Click') =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })

const path = '/account/notifications'

test('tells at the percents that the person chose, and the agent at the publisher’s', async () => {
  const kept = await page(path, { subscription: subscriptionId, percents: '30, 50 %' })
  expect(kept).toMatchObject({ status: 303, location: `${path}?notice=thresholds` })
  await use(30)
  await use(25)
  await use(30)
  expect(await subjects()).toEqual(['30 %', '50 %'])
  const { rows } = await server.deps.db.execute<{ threshold: number }>(sql`
    SELECT (payload->>'threshold')::int AS threshold FROM outbox_events
    WHERE type = 'usage.threshold_reached' AND subject = ${subscriptionId}`)
  expect(rows).toEqual([{ threshold: 80 }])
  const { html } = await page(path)
  expect(html).toContain('30 % of messages')
  expect(html).toContain('50 % of messages')
  // A record of what was reached, whatever is chosen by now.
  expect(html).toContain('80 % of messages')
  // Taken back: the publisher's hold again, from the next use on.
  await page(path, { subscription: subscriptionId, percents: '' })
  await use(15)
  expect(await subjects()).toEqual(['30 %', '50 %', '100 %'])
})

test('a reservation that costs more than it held tells at them, too', async () => {
  await page(path, { subscription: subscriptionId, percents: '60' })
  const asked = { clientReqId: randomUUID(), userId: person.userId, metric: 'messages', amount: 10 }
  const { body: held } = await call(server, { token: agent.token, path: '/reservations', body: asked })
  const commit = `/reservations/${String(held['reservationId'])}/commit`
  const { body: committed } = await call(server, { token: agent.token, path: commit, body: { amount: 65 } })
  expect(committed).toMatchObject({ state: 'committed', used: 65 })
  await sendNotices(server.deps)
  expect(await subjects()).toEqual(['60 %'])
})

test('what is no list of percents is kept in its field, and another person’s subscription is not there', async () => {
  const wrong = await page(path, { subscription: subscriptionId, percents: '120' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain('value="120"')
  expect(wrong.html).toContain('whole numbers from 1 to 100')
  const other = await addSubscriber(server, agent)
  expect((await page(path, { subscription: other.subscriptionId, percents: '50' })).status).toBe(404)
  expect((await page(path, { subscription: 'nonsense', percents: '50' })).status).toBe(404)
})

test('one request from a mail program stops the mails, however often it comes; opening the link does not', async () => {
  await use(80)
  const [mail] = await mails()
  const url = mail?.unsubscribeUrl ?? ''
  expect(mail?.text).toContain(url)
  const asked = await fetch(url)
  expect([asked.status, (await asked.text()).includes('Stop these mails?')]).toEqual([200, true])
  await page(path, { subscription: subscriptionId, percents: '90, 95, 100' })
  await use(11)
  expect(await subjects()).toEqual(['80 %', '90 %'])
  for (const attempt of [1, 2]) expect([attempt, (await byMailProgram(url)).status]).toEqual([attempt, 200])
  await use(5)
  expect(await subjects()).toEqual(['80 %', '90 %'])
  expect((await page(path)).html).toContain('95 % of messages')
  expect(await (await byMailProgram(url, 'intent=resume')).text()).toContain('Stop these mails?')
  await use(4)
  expect(await subjects()).toEqual(['80 %', '90 %', '100 %'])
})

test('is chosen on the page as well', async () => {
  await page(path, { intent: 'mails', payment_receipts: 'on' })
  await use(100)
  expect(await mails()).toEqual([])
  expect((await page(path)).html).toMatch(/name="payment_receipts"[^>]*checked|checked[^>]*name="payment_receipts"/)
  await page(path, { intent: 'mails', usage_limits: 'on' })
  const { rows } = await server.deps.db.execute(sql`SELECT kind FROM mail_opt_outs WHERE user_id = ${person.userId}`)
  expect(rows).toEqual([{ kind: 'payment_receipts' }])
})

test('a link that is cut off, or of somebody who has gone, says so', async () => {
  await use(80)
  const url = (await mails())[0]?.unsubscribeUrl ?? ''
  for (const dead of [url.slice(0, -3), `${server.origin}/unsubscribe/${'x'.repeat(5_000)}`]) {
    expect((await fetch(dead)).status).toBe(410)
    expect((await byMailProgram(dead)).status).toBe(410)
  }
  await server.deps.db.execute(sql`DELETE FROM "user" WHERE id = ${person.userId}`)
  expect((await fetch(url)).status).toBe(410)
  const answer = await byMailProgram(url)
  expect([answer.status, (await answer.text()).includes('This link does not work')]).toEqual([410, true])
})

test('a body that is no form is refused as such', async () => {
  for (const type of ['application/json', 'text/plain']) {
    const headers = { 'content-type': type, origin: server.origin }
    const response = await fetch(`${server.origin}/unsubscribe/x`, { method: 'POST', headers, body: '{}' })
    expect([type, response.status]).toEqual([type, 415])
  }
})

test('no other form counts from elsewhere', async () => {
  const response = await fetch(`${server.origin}${path}`, {
    method: 'POST',
    headers: { cookie: person.cookie, origin: 'https://elsewhere.example' },
    body: new URLSearchParams({ intent: 'mails' }),
  })
  expect(response.status).toBe(403)
})
