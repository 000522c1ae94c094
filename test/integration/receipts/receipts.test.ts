// What somebody used, line by line, as their own pages and files show it, and what comes of saying that a line is wrong.
import { randomUUID } from 'node:crypto'
import { parse } from 'node:querystring'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { rollUp } from '#src/features/usage/roll-ups/roll-up.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { addMeteredAgent, addSubscriber, call, drift } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let agent: MeteredAgent
let operator: Session
let person: Session
let path: string

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, { messages: { quota: 100 }, seats: { kind: 'gauge', quota: 5 } })
  operator = await signedIn(server, { role: 'admin' })
})
beforeEach(async () => {
  person = await signedIn(server)
  const { subscriptionId } = await addSubscriber(server, agent, { userId: person.userId })
  path = `/account/subscriptions/${subscriptionId}/usage`
})
afterAll(() => server.stop())

async function use(report: object = {}): Promise<string> {
  const body = { clientReqId: randomUUID(), userId: person.userId, metric: 'messages', ...report }
  const { body: answer } = await call(server, { token: agent.token, path: '/usage', body })
  return String(answer['entryId'])
}

interface Asked {
  readonly by?: Session
  readonly form?: Readonly<Record<string, string>>
}

async function page(at: string, { by = person, form }: Asked = {}) {
  const response = await fetch(`${server.origin}${at}`, {
    redirect: 'manual',
    headers: { cookie: by.cookie, ...(form && { origin: server.origin }) },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  const { status, headers } = response
  // React puts empty comments between neighbouring texts.
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status, html, headers, location: headers.get('location') ?? '' }
}

const rowsIn = (html: string): number => html.split('<tr>').length - 1

test('shows every line once, page after page, as many as the ledger has', async () => {
  const subscriptionId = path.split('/')[3] ?? ''
  await server.deps.db.execute(sql`
    INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, limit_at, occurred_at)
    SELECT ${subscriptionId}, ${agent.metricIds['messages']}, 'consume', 1, gen_random_uuid(), n, 1000, now()
    FROM generate_series(1, 120) AS n`)
  const seen: string[] = []
  let at = path
  for (let pages = 0; at !== '' && pages < 5; pages++) {
    const { html } = await page(at)
    seen.push(...Array.from(html.matchAll(/(\d+) of 1,000/g), ([, used]) => used ?? ''))
    const next = /href="([^"]*cursor=[^"]*)"[^>]*>[^<]*(?:<[^>]*>)*\s*Next/i.exec(html)?.[1] ?? ''
    at = next.replaceAll('&amp;', '&')
  }
  expect(seen).toEqual(Array.from({ length: 120 }, (_, place) => String(120 - place)))
})

test('narrows by metric, kind and day, keeps the filter in its links, and says when nothing fits', async () => {
  await use({ delta: 3, metadata: { model: 'small' } })
  await use({ metric: 'seats', delta: 2 })
  const all = await page(path)
  expect(rowsIn(all.html)).toBe(3)
  const seats = await page(`${path}?metric=seats&type=adjust`)
  expect(rowsIn(seats.html)).toBe(2)
  expect(seats.html).toContain('Added')
  expect(seats.html).toContain(`${path}.csv?metric=seats&amp;type=adjust`)
  expect((await page(`${path}?to=2020-01-01`)).html).toContain('No line fits')
  expect((await page(`${path}?metric=%00&type=nonsense&from=never`)).html).toContain('>+3<')
  expect((await page(`${path}?metric=seats&cursor=nonsense`)).location).toContain(`${path}?metric=seats`)
})

test('a new subscription says so, and anybody else’s is not there', async () => {
  expect((await page(path)).html).toContain('Nothing used yet')
  const entryId = await use()
  const other = await signedIn(server)
  for (const at of [path, `${path}.csv`, `${path}/${entryId}`, `${path}/${randomUUID()}`, `${path}/nonsense`]) {
    const by = at.endsWith('nonsense') || at.length > path.length + 40 ? person : other
    const { status } = await page(at, { by: at === `${path}/${entryId}` ? other : by })
    expect([at, status]).toEqual([at, 404])
  }
  expect(parse((await page(path, { by: { ...other, cookie: '' } })).location.split('?')[1] ?? '')).toEqual({
    returnTo: path,
  })
})

test('the file has the lines that the page has, but for the last minute, and nothing that a spreadsheet would run', async () => {
  await use({ delta: 3, metadata: { note: '=1+1' } })
  const young = await page(`${path}.csv`)
  expect(young.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(young.headers.get('content-disposition')).toMatch(/^attachment; filename="[a-z0-9-]+-receipts\.csv"$/)
  expect(young.html.trim().split('\n')).toHaveLength(1)
  const subscriptionId = path.split('/')[3] ?? ''
  await server.deps.db.execute(sql`
    INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, occurred_at, created_at)
    SELECT ${subscriptionId}, ${agent.metricIds['messages']}, 'consume', n, gen_random_uuid(), n, now(), now() - interval '1 hour'
    FROM generate_series(1, 3) AS n`)
  const lines = (await page(`${path}.csv?metric=messages`)).html.trim().split('\n')
  expect(lines[0]).toBe(
    'id,subscriptionId,metric,type,delta,usedAfter,limit,periodStart,occurredAt,createdAt,clientReqId,refersToId,metadata',
  )
})

test('draws the last thirty days: units of a counter, the level of a gauge', async () => {
  await use({ delta: 4 })
  await use({ metric: 'seats', delta: 2 })
  await vi.waitFor(
    async () => {
      await rollUp({ db: server.deps.db, settleMs: 0 })
      const { html } = await page(path)
      expect(html).toContain('4 unit · 30 days')
      expect(html).toContain('2 unit today')
    },
    { timeout: 30_000, interval: 100 },
  )
})

test('a line that is wrong is told of once, and credited to the unit, once, with a mail', async () => {
  const entryId = await use({ delta: 5 })
  const at = `${path}/${entryId}`
  expect((await page(at)).html).toContain('Dispute 5 unit')
  expect((await page(at, { form: { message: ' ' } })).status).toBe(400)
  expect((await page(at, { form: { message: 'x'.repeat(2_001) } })).status).toBe(400)
  expect((await page(at, { form: { message: 'It was sent <b>twice</b>' } })).location).toBe(`${at}?notice=sent`)
  const again = await page(at, { form: { message: 'Really' } })
  expect([again.status, again.html.includes('looking at it')]).toEqual([409, true])

  expect((await page('/operator/disputes')).status).toBe(403)
  const listed = await page('/operator/disputes', { by: operator })
  const href = /\/operator\/disputes\/[0-9a-f-]{36}/.exec(listed.html)?.[0] ?? ''
  const asked = await page(href, { by: operator })
  expect(asked.html).toContain('It was sent &lt;b&gt;twice&lt;/b&gt;')
  expect((await page(href, { form: { intent: 'credit', units: '2', decision: 'Twice' } })).status).toBe(403)
  for (const units of ['0', '6', '-1', '1.5', 'all', '']) {
    const refused = await page(href, { by: operator, form: { intent: 'credit', units, decision: 'Twice' } })
    expect([units, refused.status]).toEqual([units, 400])
  }
  const credit = { by: operator, form: { intent: 'credit', units: '2', decision: 'It was reported twice.' } }
  const answers = await Promise.all([page(href, credit), page(href, credit), page(href, credit)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 409, 409])

  const { body } = await call(server, {
    token: agent.token,
    path: '/usage/check',
    body: { userId: person.userId, metric: 'messages' },
  })
  expect(body).toMatchObject({ used: 3 })
  const shown = (await page(at)).html
  expect(shown).toContain('2 unit given back')
  expect(shown).toContain('It was reported twice.')
  expect(await drift(server)).toEqual([])
  const { rows } = await server.deps.db.execute(sql`
    SELECT action, count(*)::int AS times FROM audit_logs WHERE resource_id = ${path.split('/')[3]} GROUP BY action ORDER BY 1`)
  expect(rows).toEqual([
    { action: 'usage.adjust', times: 1 },
    { action: 'usage.dispute', times: 1 },
    { action: 'usage.dispute_credited', times: 1 },
  ])
  const mails = await server.deps.db.execute(sql`
    SELECT count(*)::int AS mails FROM pgboss.job WHERE name = 'mail' AND data->>'template' = 'dispute-decided'
      AND data->>'to' = (SELECT email FROM "user" WHERE id = ${person.userId})`)
  expect(mails.rows).toEqual([{ mails: 1 }])
})

test('what is declined stays as it is; a level, and what was given back already, can’t be disputed', async () => {
  const entryId = await use({ delta: 5 })
  await page(`${path}/${entryId}`, { form: { message: 'Not me' } })
  const listed = await page('/operator/disputes', { by: operator })
  const href = /\/operator\/disputes\/[0-9a-f-]{36}/.exec(listed.html)?.[0] ?? ''
  const declined = await page(href, {
    by: operator,
    form: { intent: 'decline', units: '', decision: 'The agent has its log.' },
  })
  expect(declined.status).toBe(303)
  expect((await page(`${path}/${entryId}`)).html).toContain('It counts as it did')
  expect((await page('/operator/disputes?state=decided', { by: operator })).html).toContain('nothing')

  const seat = await use({ metric: 'seats', delta: 1 })
  expect((await page(`${path}/${seat}`)).html).toContain('This is a level')
  expect((await page(`${path}/${seat}`, { form: { message: 'Wrong' } })).status).toBe(409)
  const refunded = await use({ delta: 1 })
  const refund = { clientReqId: randomUUID(), entryId: refunded }
  await call(server, { token: agent.token, path: '/usage/refund', body: refund })
  expect((await page(`${path}/${refunded}`)).html).toContain('All of it was given back')
})

test('of a credit and a refusal at the same time one counts, and the ledger says the same', async () => {
  const outcomes = []
  for (let round = 0; round < 6; round++) {
    const entryId = await use({ delta: 5 })
    await page(`${path}/${entryId}`, { form: { message: `Round ${round}` } })
    const listed = await page('/operator/disputes', { by: operator })
    const href = /\/operator\/disputes\/[0-9a-f-]{36}/.exec(listed.html)?.[0] ?? ''
    const decide = (form: Readonly<Record<string, string>>) => page(href, { by: operator, form })
    await Promise.all([
      decide({ intent: 'credit', units: '2', decision: 'Twice' }),
      decide({ intent: 'decline', decision: 'It was used' }),
    ])
    const { rows } = await server.deps.db.execute(sql`
      SELECT state, credited_units::int AS told, (
        SELECT -delta::int FROM usage_ledger WHERE refers_to_id = ${entryId} AND event_type <> 'usage') AS given
      FROM usage_disputes WHERE entry_id = ${entryId}`)
    outcomes.push(rows[0])
  }
  for (const outcome of outcomes) {
    expect(outcome).toEqual(
      outcome?.['state'] === 'credited'
        ? { state: 'credited', told: 2, given: 2 }
        : { state: 'declined', told: null, given: null },
    )
  }
})
