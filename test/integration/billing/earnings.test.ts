// What organizations earn, from the entries of the books, over HTTP in the whole server.
import { and, eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents, auditLogs, billingEntries, organization, publisherAccounts } from '#src/db/schema/index.ts'
import { exportEarnings } from '#src/features/billing/earnings/export-earnings.ts'
import { readEarnings } from '#src/features/billing/earnings/read-statement.ts'
import { addMember, addPublisher, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session, TestPublisher } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let owner: Session
let operator: Session
beforeAll(async () => {
  server = await startTestServer()
  owner = await signedIn(server)
  operator = await signedIn(server, { role: 'admin' })
})
afterAll(() => server.stop())

interface Earner extends TestPublisher {
  readonly own: string
  readonly operated: string
}

async function addEarner(): Promise<Earner> {
  const publisher = await addPublisher(server.deps.db, owner.userId)
  return {
    ...publisher,
    own: `/publisher/organizations/${publisher.slug}/earnings`,
    operated: `/operator/organizations/${publisher.slug}`,
  }
}

type Values = Partial<typeof billingEntries.$inferInsert>

const november = new Date('2026-11-15T12:00:00Z')

const book = (of: TestPublisher, ...entries: readonly Values[]) =>
  server.deps.db.insert(billingEntries).values(
    entries.map((entry) => ({
      kind: 'charge' as const,
      amount: 1_000,
      currency: 'EUR',
      organizationRef: of.organizationId,
      agentRef: of.agentId,
      occurredAt: november,
      metadata: { feeBp: 1_000, number: 'ABCD-0001' },
      ...entry,
    })),
  )

/** The records of a CSV file (RFC 4180) by the names in its first. */
function linesOf(csv: string): Record<string, string>[] {
  const fields = (line: string): string[] =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
      quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
    )
  const [head = '', ...rows] = csv.trimEnd().split('\n')
  const names = fields(head)
  return rows.map((row) => Object.fromEntries(fields(row).map((value, index) => [names[index] ?? '', value])))
}

const monthOf = async (of: Earner, month = '2026-11') => (await owner.call('GET', `${of.own}?month=${month}`)).body

test('a month is the sum of its entries, in each currency, and test sales are in no figure', async () => {
  const of = await addEarner()
  await book(
    of,
    { amount: 1_999 },
    { kind: 'refund', amount: -500 },
    { kind: 'dispute', amount: -1_999 },
    { kind: 'dispute_reversal', amount: 1_999 },
    { kind: 'adjustment', amount: 20 },
    { kind: 'payout', amount: -700, agentRef: null, metadata: { reference: 'SEPA 1' } },
    { amount: 5_000, currency: 'JPY', metadata: { feeBp: 250 } },
    { amount: 900_000, isTest: true },
    { amount: 77, occurredAt: new Date('2026-12-01T00:00:00Z') },
    { amount: 77, occurredAt: new Date('2026-10-31T23:59:59.999Z') },
  )
  const { statements, testEntries, balances, entries } = await monthOf(of)
  expect(statements).toEqual([
    {
      currency: 'EUR',
      grossMinor: 1_999,
      refundsMinor: 500,
      disputesMinor: 0,
      adjustmentsMinor: 20,
      feeMinor: 200 - 50 - 200 + 200 + 2,
      owedMinor: 1_999 - 500 + 20 - 152,
      paidMinor: 700,
      entries: 6,
    },
    expect.objectContaining({ currency: 'JPY', grossMinor: 5_000, feeMinor: 125, owedMinor: 4_875, entries: 1 }),
  ])
  expect(testEntries).toBe(1)
  expect(entries).toHaveLength(8)
  expect(balances).toEqual([
    { currency: 'EUR', balanceMinor: 1_367 - 700 + (77 - 8) * 2 },
    { currency: 'JPY', balanceMinor: 4_875 },
  ])
})

test('the fee of each entry is rounded half up, exactly, and a full refund leaves none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          amount: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constant(Number.MAX_SAFE_INTEGER)),
          feeBp: fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(0, 1, 5_000, 10_000)),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      async (sales) => {
        const of = await addEarner()
        const rows = sales.map(({ amount, feeBp }, index) => ({
          amount,
          // Sums of the largest amounts would not be exact: each stands in a currency of its own.
          currency: ['EUR', 'USD', 'GBP', 'JPY', 'KWD'][index] ?? 'CHF',
          metadata: { feeBp },
        }))
        await book(of, ...rows)
        const { statements } = await readEarnings(server.deps.db, {
          organizationRef: of.organizationId,
          month: '2026-11',
        })
        for (const { amount, currency, metadata } of rows) {
          const fee = Number((BigInt(amount) * BigInt(metadata.feeBp) + 5_000n) / 10_000n)
          expect(statements.find((statement) => statement.currency === currency)).toMatchObject({
            feeMinor: fee,
            owedMinor: amount - fee,
          })
        }
        await book(of, ...rows.map((row) => ({ ...row, kind: 'refund' as const, amount: -row.amount })))
        const after = await readEarnings(server.deps.db, { organizationRef: of.organizationId, month: '2026-11' })
        expect(after.statements.map(({ feeMinor, owedMinor }) => [feeMinor, owedMinor])).toEqual(rows.map(() => [0, 0]))
      },
    ),
    { numRuns: 15 },
  )
})

test('the months with entries are listed, of the last 24, and the present one', async () => {
  const of = await addEarner()
  const now = new Date()
  const back = (months: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1))
  await book(of, { occurredAt: back(23) }, { occurredAt: back(24) }, { occurredAt: back(2) })
  const { months, month } = (await owner.call('GET', of.own)).body
  const name = (date: Date) => date.toISOString().slice(0, 7)
  expect(months).toEqual([name(now), name(back(2)), name(back(23))])
  expect(month).toBe(name(now))
})

test('what is gone still adds up: the agent, and for operators the organization', async () => {
  const of = await addEarner()
  await book(of, { amount: 1_000 }, { amount: 2_000 })
  await server.deps.db.delete(agents).where(eq(agents.id, of.agentId))
  expect(await monthOf(of)).toMatchObject({ statements: [{ grossMinor: 3_000 }], entries: [{ agent: null }, {}] })
  await server.deps.db.delete(organization).where(eq(organization.id, of.organizationId))
  expect((await owner.call('GET', of.own)).status).toBe(404)
  const byId = `/operator/organizations/${of.organizationId}`
  const answer = await operator.call('GET', `${byId}/earnings?month=2026-11`)
  expect(answer.body).toMatchObject({ statements: [{ grossMinor: 3_000, feeMinor: 300 }] })
  const body = { id: crypto.randomUUID(), amountMinor: 2_700, currency: 'EUR', reference: 'R', reason: 'Closing' }
  expect((await operator.call('POST', `${byId}/payouts`, { body })).body.balance.balanceMinor).toBe(0)
})

describe('entries', () => {
  test('come a hundred at a time, newest first, each once', async () => {
    const of = await addEarner()
    const at = (second: number) => new Date(november.getTime() + second * 1000)
    await book(
      of,
      ...Array.from({ length: 230 }, (_, index) => ({ amount: index + 1, occurredAt: at(Math.floor(index / 3)) })),
    )
    await book(of, { amount: 231, occurredAt: at(-1) })
    const seen: number[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`
      const { body } = await owner.call('GET', `${of.own}?month=2026-11${query}`)
      seen.push(...body.entries.map(({ amountMinor }: { amountMinor: number }) => amountMinor))
      cursor = body.nextCursor
    } while (cursor !== null && seen.length < 1_000)
    expect(seen).toEqual([...Array.from({ length: 230 }, (_, index) => 230 - index), 231])
  })

  test('are exported with exact amounts, and no text becomes a formula', async () => {
    const of = await addEarner()
    await book(
      of,
      { amount: 1_234_567, metadata: { feeBp: 1_000, number: '=HYPERLINK("https://evil.example")' } },
      { amount: -5, kind: 'refund', metadata: { feeBp: 1_000, number: '+1' } },
      { amount: 5_120, currency: 'KWD', metadata: { number: 'A, "B"' } },
      { amount: 900, currency: 'JPY', isTest: true },
    )
    const response = await fetch(`${server.origin}/api/v1${of.own}.csv?month=2026-11`, {
      headers: { cookie: owner.cookie },
    })
    expect(response.headers.get('content-type')).toContain('text/csv')
    expect(response.headers.get('content-disposition')).toContain(`earnings-${of.slug}-2026-11.csv`)
    const lines = linesOf(await response.text())
    expect(lines).toMatchObject([
      { amount: '12345.67', fee: '1234.57', owed: '11111.10', agent: of.slug },
      { kind: 'refund', amount: '-0.05', fee: '-0.01', owed: '-0.04', invoiceNumber: `'+1` },
      { currency: 'KWD', amount: '5.120', fee: '0.000', invoiceNumber: 'A, "B"' },
      { currency: 'JPY', amount: '900', isTest: 'test' },
    ])
    expect(lines[0]?.['invoiceNumber']).toBe(`'=HYPERLINK("https://evil.example")`)
  })

  test('of a long month are exported whole', async () => {
    const of = await addEarner()
    const all = Array.from({ length: 1_001 }, (_, index) => ({ amount: index + 1 }))
    await book(of, ...all)
    const onError = (error: unknown) => expect.fail(String(error))
    const csv = exportEarnings(server.deps.db, { organizationRef: of.organizationId, month: '2026-11', onError })
    const lines = linesOf(await new Response(csv).text())
    expect(new Set(lines.map(({ id }) => id)).size).toBe(all.length)
  })
})

test.each([
  ['?month=2026-13', 'month'],
  ['?month=1999-01', 'month'],
  ['?cursor=x', 'cursor'],
])('a question like %s is refused', async (query, path) => {
  const { own } = await addEarner()
  expect(await owner.call('GET', `${own}${query}`)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
})

test('only who manages the organization sees it; for strangers it isn’t there', async () => {
  const of = await addEarner()
  const [member, stranger] = [await signedIn(server), await signedIn(server)]
  await addMember(server.deps.db, { organizationId: of.organizationId, userId: member.userId, role: 'member' })
  for (const path of [of.own, `${of.own}.csv?month=2026-11`]) {
    expect((await member.call('GET', path)).status).toBe(403)
    expect((await stranger.call('GET', path)).status).toBe(404)
  }
  expect((await owner.call('GET', `${of.operated}/earnings`)).status).toBe(403)
  expect((await owner.call('PUT', `${of.operated}/fee`, { body: { feeBp: 0, reason: 'Mine' } })).status).toBe(403)
})

describe('the page', () => {
  const open = async (session: Session, path: string) => {
    const headers = { cookie: session.cookie, 'accept-language': 'de-DE,de;q=0.9' }
    const response = await fetch(`${server.origin}${path}`, { headers, redirect: 'manual' })
    return { status: response.status, html: (await response.text()).replaceAll('\u00A0', ' ') }
  }

  test('shows the month in the visitor’s writing, with the way to its CSV', async () => {
    const of = await addEarner()
    await book(of, { amount: 123_456 }, { kind: 'payout', amount: -100_000, metadata: { reference: 'SEPA 7' } })
    const { status, html } = await open(owner, `/publish/${of.slug}/earnings?month=2026-11`)
    expect(status).toBe(200)
    expect(html).toContain('November 2026')
    for (const text of ['1.234,56 €', '-123,46 €', '1.111,10 €', '111,10 €', 'SEPA 7']) expect(html).toContain(text)
    expect(html).toContain(`/api/v1${of.own}.csv?month=2026-11`)
  })

  test('says so where nothing has been sold, and takes a month that can’t be for none', async () => {
    const of = await addEarner()
    const { status, html } = await open(owner, `/publish/${of.slug}/earnings?month=never&cursor=x`)
    expect(status).toBe(200)
    expect(html).toContain('Nothing has been sold yet')
  })

  test('is for those who manage the organization', async () => {
    const of = await addEarner()
    const [member, stranger] = [await signedIn(server), await signedIn(server)]
    await addMember(server.deps.db, { organizationId: of.organizationId, userId: member.userId, role: 'member' })
    const path = `/publish/${of.slug}/earnings`
    expect((await open(member, path)).status).toBe(403)
    expect((await open(stranger, path)).status).toBe(404)
    const anonymous = await fetch(`${server.origin}${path}`, { redirect: 'manual' })
    expect(anonymous.headers.get('location')).toContain('/sign-in?returnTo=')
  })
})

describe('an operator', () => {
  const payout = (change: object = {}) => ({
    id: crypto.randomUUID(),
    amountMinor: 500,
    currency: 'EUR',
    reference: 'SEPA 42',
    reason: 'Monthly payout',
    ...change,
  })

  test('sets the share of sales from now on, and it is audited', async () => {
    const of = await addEarner()
    for (const feeBp of [1_500, 1_250]) {
      const answer = await operator.call('PUT', `${of.operated}/fee`, { body: { feeBp, reason: 'As agreed' } })
      expect(answer).toMatchObject({ status: 200, body: { organization: of.slug, feeBp } })
    }
    const [account] = await server.deps.db
      .select()
      .from(publisherAccounts)
      .where(eq(publisherAccounts.organizationId, of.organizationId))
    expect(account?.feeBp).toBe(1_250)
    const trail = await server.deps.db.select().from(auditLogs).where(eq(auditLogs.resourceId, of.organizationId))
    expect(trail.map(({ userId, metadata }) => [userId, metadata['before'], metadata['after']])).toEqual([
      [operator.userId, 0, 1_500],
      [operator.userId, 1_500, 1_250],
    ])
    expect(
      (await operator.call('PUT', '/operator/organizations/nobody/fee', { body: { feeBp: 1, reason: 'abc' } })).status,
    ).toBe(404)
    expect((await operator.call('PUT', `${of.operated}/fee`, { body: { feeBp: 10_001, reason: 'abc' } })).status).toBe(
      400,
    )
  })

  test('writes a payout down once, however often it is sent', async () => {
    const of = await addEarner()
    await book(of, { amount: 1_000 })
    const body = payout()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => operator.call('POST', `${of.operated}/payouts`, { body })),
    )
    expect(answers.map(({ body: { replayed } }) => replayed).toSorted()).toEqual([false, true, true, true])
    expect(answers.map(({ body: { balance } }) => balance.balanceMinor)).toEqual([400, 400, 400, 400])
    const other = await operator.call('POST', `${of.operated}/payouts`, { body: { ...body, amountMinor: 100 } })
    expect(other.status).toBe(409)
    const rows = await server.deps.db
      .select()
      .from(billingEntries)
      .where(and(eq(billingEntries.organizationRef, of.organizationId), eq(billingEntries.kind, 'payout')))
    expect(rows).toMatchObject([{ id: body.id, amount: -500, metadata: { reference: 'SEPA 42' } }])
    expect(JSON.stringify(rows)).not.toContain(operator.userId)
  })

  test('never pays the same balance twice, nor more than is owed', async () => {
    const of = await addEarner()
    await book(of, { amount: 1_000 })
    const answers = await Promise.all(
      Array.from({ length: 3 }, () =>
        operator.call('POST', `${of.operated}/payouts`, { body: payout({ amountMinor: 900 }) }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'conflict', balanceMinor: 0 })
    const back = (amountMinor: number) =>
      operator.call('POST', `${of.operated}/payouts`, { body: payout({ amountMinor }) })
    expect((await back(-901)).status).toBe(409)
    expect((await back(-900)).body.balance.balanceMinor).toBe(900)
    expect((await back(0)).status).toBe(400)
  })
})
