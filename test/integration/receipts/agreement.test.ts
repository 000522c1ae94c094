// One life with everything in it, seeded: what the pages, the files and the meters say of it is what the database holds, to the unit.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { rollUp } from '#src/features/usage/roll-ups/roll-up.ts'
import { addPaidAgent, pass, subscribe } from '#test/integration/billing/buyers/market.ts'
import type { PaidAgent } from '#test/integration/billing/buyers/market.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { call, drift } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let agent: PaidAgent
let person: Session
let operator: Session

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addPaidAgent(server)
  person = await signedIn(server)
  operator = await signedIn(server, { role: 'admin' })
})
afterAll(() => server.stop())

/** Mulberry32: the same numbers from the same seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const pick = seeded(2026)

async function use(delta = 1 + pick(9)): Promise<{ readonly entryId: string; readonly delta: number }> {
  const body = { clientReqId: randomUUID(), userId: person.userId, metric: 'messages', delta }
  const answer = await call(server, { token: agent.token, path: '/usage', body })
  expect(answer.body).toMatchObject({ allowed: true })
  return { entryId: String(answer.body['entryId']), delta }
}

async function useOften(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const { entryId } = await use()
    if (pick(4) > 0) continue
    const body = { clientReqId: randomUUID(), entryId }
    expect((await call(server, { token: agent.token, path: '/usage/refund', body })).status).toBe(200)
  }
}

async function page(at: string, { by = person, form }: { readonly by?: Session; readonly form?: object } = {}) {
  const response = await fetch(`${server.origin}${at}`, {
    redirect: 'manual',
    headers: { cookie: by.cookie, ...(form && { origin: server.origin }) },
    ...(form && { method: 'POST', body: new URLSearchParams({ ...form }) }),
  })
  // React puts empty comments between neighbouring texts.
  return (await response.text()).replaceAll('<!-- -->', '')
}

async function changeTo(subscriptionId: string, tierId: string): Promise<void> {
  const path = `/subscriptions/${subscriptionId}/change`
  const { body: preview } = await person.call('POST', `${path}/preview`, { body: { tierId } })
  const terms =
    preview.kind === 'now' ? { prorationDate: preview.prorationDate, expectedMinor: preview.dueNow.amountMinor } : {}
  const changed = await person.call('POST', path, { body: { tierId, ...terms } })
  expect(['done', 'scheduled']).toContain(changed.body.kind)
}

async function buy(subscriptionId: string, offerId: string): Promise<void> {
  const bought = await person.call('POST', `/subscriptions/${subscriptionId}/addons`, { body: { offerId } })
  expect(bought.status).toBe(200)
}

/** Six units of a new line are disputed, and two of them given back. */
async function disputeOne(subscriptionId: string): Promise<void> {
  const { entryId } = await use(6)
  const path = `/account/subscriptions/${subscriptionId}/usage/${entryId}`
  await page(path, { form: { message: 'Four, not six' } })
  const href = /\/operator\/disputes\/[0-9a-f-]{36}/.exec(await page('/operator/disputes', { by: operator }))?.[0] ?? ''
  await page(href, { by: operator, form: { intent: 'credit', units: '2', decision: 'Four it is.' } })
  expect(await page(path)).toContain('2 unit given back')
}

/** A life: two tiers, a cheaper one on its day, both kinds of add-on, refunds, a credited dispute, the end, and coming back. */
async function live(): Promise<readonly string[]> {
  const begun = await person.call('POST', '/subscriptions', { body: { agent: agent.slug, tierId: agent.tiers.free } })
  const free = String(begun.body.id ?? begun.body.subscriptionId ?? JSON.stringify(begun))
  const { delta } = await use(3)
  expect(delta).toBe(3)
  const first = await subscribe(server, person, { agent, tier: 'reader' })
  await useOften(12)
  await changeTo(first, agent.tiers.studio)
  await useOften(8)
  await buy(first, agent.offers.once)
  await buy(first, agent.offers.monthly)
  await useOften(6)
  await disputeOne(first)
  await changeTo(first, agent.tiers.reader)
  await pass(server, { days: 32 })
  await person.call('GET', `/subscriptions/${first}`)
  await useOften(7)
  await person.call('POST', `/subscriptions/${first}/cancel`)
  await pass(server, { days: 33 })
  const second = await subscribe(server, person, { agent, tier: 'studio' })
  await useOften(10)
  return [free, first, second]
}

interface Entry {
  readonly delta: number
  readonly type: string
}

async function ledgerOf(subscriptionId: string): Promise<readonly Entry[]> {
  const { rows } = await server.deps.db.execute<{ delta: string; type: string }>(sql`
    SELECT delta, event_type AS type FROM usage_ledger WHERE subscription_id = ${subscriptionId} ORDER BY seq DESC`)
  return rows.map(({ delta, type }) => ({ delta: Number(delta), type }))
}

const sum = (entries: readonly Entry[]): number => entries.reduce((units, { delta }) => units + delta, 0)

/** The units of every line, page after page. */
async function receiptsOf(subscriptionId: string): Promise<readonly number[]> {
  const units: number[] = []
  for (let at = `/account/subscriptions/${subscriptionId}/usage`, pages = 0; at !== '' && pages < 10; pages++) {
    const html = await page(at)
    for (const [, sign, digits] of html.matchAll(/data-label="Units"[^>]*>([+−])([\d,]+)</g)) {
      units.push(Number(`${sign === '+' ? '' : '-'}${digits?.replaceAll(',', '')}`))
    }
    const next = /href="([^"]*cursor=[^"]*)"[^>]*>[^<]*(?:<[^>]*>)*\s*Next/i.exec(html)?.[1] ?? ''
    at = next.replaceAll('&amp;', '&')
  }
  return units
}

test(
  'meters, receipts, files, days and invoices say of a whole life what the database holds',
  { timeout: 120_000 },
  async () => {
    const subscriptions = await live()
    expect(await drift(server)).toEqual([])
    const { db } = server.deps
    // As if it had been a while: files leave the last minute out, and nobody may change the ledger otherwise.
    await db.transaction(async (tx) => {
      await tx.execute(sql`ALTER TABLE usage_ledger DISABLE TRIGGER USER`)
      await tx.execute(sql`UPDATE usage_ledger SET created_at = created_at - interval '1 hour'`)
      await tx.execute(sql`ALTER TABLE usage_ledger ENABLE TRIGGER USER`)
    })

    const kinds = new Set<string>()
    for (const subscriptionId of subscriptions) {
      const entries = await ledgerOf(subscriptionId)
      for (const { type } of entries) kinds.add(type)
      expect(await receiptsOf(subscriptionId)).toEqual(entries.map(({ delta }) => delta))

      const [header = '', ...lines] = (await page(`/account/subscriptions/${subscriptionId}/usage.csv`))
        .trim()
        .split('\n')
      const column = header.split(',').indexOf('delta')
      expect(lines.map((line) => Number(line.split(',')[column]))).toEqual(
        entries.map(({ delta }) => delta).toReversed(),
      )

      const own = entries.filter(({ type }) => type !== 'carry_in' && type !== 'carry_out')
      await vi.waitFor(
        async () => {
          // It stays behind whoever writes, in any database of the server.
          await rollUp({ db, settleMs: 0 })
          const { rows } = await db.execute<{ units: string }>(sql`
          SELECT coalesce(sum(used), 0) AS units FROM usage_daily WHERE subscription_id = ${subscriptionId}`)
          expect(Number(rows[0]?.units)).toBe(sum(own))
        },
        { timeout: 30_000, interval: 200 },
      )
    }

    const present = subscriptions.at(-1) ?? ''
    const { rows: counters } = await db.execute<{ used: string }>(sql`
    SELECT used FROM subscription_usage WHERE subscription_id = ${present} ORDER BY period_start DESC LIMIT 1`)
    const used = Number(counters[0]?.used)
    expect(await page(`/account/subscriptions/${present}`)).toContain(`${used.toLocaleString('en')} of 2,000 unit`)

    const { rows: charges } = await db.execute<{ amount: string }>(sql`
    SELECT amount FROM billing_entries WHERE kind = 'charge' AND amount > 0 ORDER BY seq DESC`)
    const invoices = await page('/account/invoices')
    const paid = [...invoices.matchAll(/€(\d+)\.(\d\d)/g)].map(([, euros, cents]) => Number(`${euros}${cents}`))
    expect(paid.filter((minor) => minor > 0).toSorted((one, other) => one - other)).toEqual(
      charges.map(({ amount }) => Number(amount)).toSorted((one, other) => one - other),
    )
    // What this life is for; a seed without one of them would show less.
    expect([...kinds].toSorted()).toEqual(expect.arrayContaining(['carry_in', 'carry_out', 'consume', 'refund']))
  },
)
