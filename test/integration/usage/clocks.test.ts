import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startProcess } from '#test/support/start-process.ts'
import type { StartedProcess } from '#test/support/start-process.ts'
import { addMeteredAgent, addSubscriber, backendToken, call, drift } from './market.ts'

const skewMs = 10 * 60_000
/** The boundary comes this long after the processes are up. */
const leadMs = 4_000
/** How long both are asked on after it. */
const tailMs = 2_000
const workersPerProcess = 4
/** Hundreds of answers a second are enough to find one of the wrong period. */
const pauseMs = 15
/** Clocks are read in whole milliseconds, before and after. */
const graceMs = 2

/** Ahead of any present, because business time only goes forward. */
const year = new Date().getUTCFullYear() + 2
const anchor = new Date(Date.UTC(year, 0, 15, 12))
const boundary = new Date(Date.UTC(year, 1, 15, 12))

let database: TestDatabase
let folder: string
const started: StartedProcess[] = []
beforeAll(async () => {
  database = await createTestDatabase({ start: 'started' })
  folder = await mkdtemp(join(tmpdir(), 'rialto-clocks-'))
})
afterAll(async () => {
  for (const { child } of started) child.kill('SIGTERM')
  await Promise.all(started.map((one) => one.ended()))
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

/** A server that lives so many milliseconds ahead of everybody else, by every clock that JavaScript has for the time of day. */
async function startAt(aheadMs: number): Promise<string> {
  const shift = `
    const Real = Date
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(Real.now() + ${aheadMs}) : super(...given) }
      static now() { return Real.now() + ${aheadMs} }
    }`
  const process = startProcess({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}`,
    DATABASE_URL: database.url,
    RIALTO_DATA_DIR: join(folder, String(aheadMs)),
    PORT: '0',
  })
  started.push(process)
  return process.origin()
}

interface Seen {
  readonly sentAt: number
  readonly answeredAt: number
  readonly periodStart: string
}

it('the database’s clock alone tells the period, however wrong the clocks of two servers are', async () => {
  const origins = await Promise.all([startAt(-skewMs), startAt(skewMs)])
  const market = { origin: origins[0] ?? '', deps: { db: database.db } }
  const agent = await addMeteredAgent(market, { messages: { quota: null } })
  const subscriber = await addSubscriber(market, agent, { periodAnchor: anchor })
  const tokens = await Promise.all(origins.map((origin) => backendToken({ ...market, origin }, agent)))
  const skews = tokens.map((token) => (issuedAt(token) - Date.now()) / skewMs)
  expect(skews.map(Math.round)).toEqual([-1, 1])

  // Business time: four seconds to the boundary. Only a sandbox may be moved.
  await database.db.execute(sql`UPDATE installation SET environment = 'sandbox'`)
  const { rows } = await database.db.execute<{ offset: string }>(sql`
    UPDATE installation SET clock_offset_ms =
      greatest(0, extract(epoch FROM ${boundary.toISOString()}::timestamptz - now()) * 1000 - ${leadMs})
    RETURNING clock_offset_ms AS "offset"`)
  const businessNow = (): number => Date.now() + Number(rows[0]?.offset)
  const seen: Seen[] = []
  const ask = async (place: number): Promise<void> => {
    while (businessNow() < boundary.getTime() + tailMs) {
      const sentAt = businessNow()
      const { status, body } = await call(
        { origin: origins[place] ?? '' },
        {
          token: tokens[place] ?? '',
          path: '/usage',
          body: { clientReqId: crypto.randomUUID(), userId: subscriber.userId, metric: 'messages' },
        },
      )
      expect(status).toBe(200)
      seen.push({ sentAt, answeredAt: businessNow(), periodStart: String(body['periodStart']) })
      await sleep(pauseMs)
    }
  }
  await Promise.all(Array.from({ length: 2 * workersPerProcess }, (_, worker) => ask(worker % 2)))

  const before = seen.filter(({ answeredAt }) => answeredAt < boundary.getTime() - graceMs)
  const after = seen.filter(({ sentAt }) => sentAt > boundary.getTime() + graceMs)
  expect(Math.min(before.length, after.length)).toBeGreaterThan(100)
  expect(new Set(before.map(({ periodStart }) => Date.parse(periodStart)))).toEqual(new Set([anchor.getTime()]))
  expect(new Set(after.map(({ periodStart }) => Date.parse(periodStart)))).toEqual(new Set([boundary.getTime()]))

  const { rows: wrong } = await database.db.execute(sql`
    SELECT id FROM usage_ledger
    WHERE (occurred_at < ${boundary.toISOString()}) <> (period_start < ${boundary.toISOString()})`)
  expect(wrong).toEqual([])
  expect(await drift(market)).toEqual([])
}, 90_000)

const issuedAt = (token: string): number => {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iat: number }
  return claims.iat * 1_000
}
