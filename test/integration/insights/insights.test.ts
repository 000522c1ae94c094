// What Rialto measures of agents: whether they answer, who uses them, and what becomes of launching one that doesn't.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkAgents } from '#src/features/insights/check-agents.ts'
import { recordLimitsHit } from '#src/features/insights/record-limits-hit.ts'
import { sumUpDays } from '#src/features/insights/sum-up-days.ts'
import { addMeteredAgent, addPerson, addSubscriber } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let backend: Server
let agent: MeteredAgent
let slug: string
/** What the agent's own server answers; undefined: nothing at all. */
let status: number | undefined
let seen: string[]

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  backend = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    if (status === undefined) response.destroy()
    else response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await once(backend, 'listening')
})
afterAll(async () => {
  backend.close()
  await server.stop()
})
beforeEach(async () => {
  const { db } = server.deps
  await db.execute(sql`UPDATE agents SET initiate_login_uri = NULL`)
  agent = await addMeteredAgent(server)
  const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/sign-in?from=rialto`
  const { rows } = await db.execute<{ slug: string }>(sql`
    UPDATE agents SET initiate_login_uri = ${uri} WHERE id = ${agent.id} RETURNING slug`)
  slug = rows[0]?.slug ?? ''
  seen = []
  status = 200
})

/** As many checks, one after the other, as if five minutes lay between them. */
async function check(times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    await server.deps.db.execute(sql`UPDATE agent_checks SET checked_at = checked_at - interval '5 minutes'`)
    await checkAgents(server.deps)
  }
}

async function page(path: string) {
  const response = await fetch(`${server.origin}/agents/${slug}${path}`, { redirect: 'manual' })
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, html, location: response.headers.get('location') ?? '' }
}

const metrics = async () => {
  const response = await fetch(`${server.origin}/api/v1/agents/${slug}/metrics`)
  return (await response.json()) as { reachability: Record<string, unknown> | null; uptime: unknown; use: unknown }
}

test('knocks at the front door only, and counts any answer but a failure of the agent’s own', async () => {
  expect((await metrics()).reachability).toBeNull()
  await check()
  expect(seen).toEqual(['HEAD /'])
  const answers: unknown[] = []
  for (status of [404, 302, 501, 500, 503]) {
    await check()
    const { rows } = await server.deps.db.execute(sql`
      SELECT is_reachable, reason FROM agent_checks WHERE agent_id = ${agent.id} ORDER BY checked_at DESC LIMIT 1`)
    answers.push([status, rows[0]?.['is_reachable'], rows[0]?.['reason']])
  }
  expect(answers).toEqual([
    [404, true, null],
    [302, true, null],
    [501, true, null],
    [500, false, 'status_500'],
    [503, false, 'status_503'],
  ])
})

test('an agent is asked once in five minutes, also by two processes', async () => {
  await Promise.all([checkAgents(server.deps), checkAgents(server.deps)])
  await checkAgents(server.deps)
  expect(await server.deps.db.execute(sql`SELECT FROM agent_checks WHERE agent_id = ${agent.id}`)).toMatchObject({
    rowCount: expect.toSatisfy((rows: number) => rows === 1 || rows === 2),
  })
})

test('two failures are the network’s, three are the agent’s, and one answer brings it back', async () => {
  await check()
  expect((await page('/launch')).status).toBe(302)
  status = undefined
  await check(2)
  expect((await page('/launch')).status).toBe(302)
  await check()
  const away = await page('/launch')
  expect([away.status, away.location]).toEqual([200, ''])
  expect(away.html).toContain('doesn’t answer')
  expect((await page('/launch?anyway=1')).location).toContain('/sign-in?from=rialto&iss=')
  expect((await metrics()).reachability).toMatchObject({ isReachable: false, unreachableSince: expect.any(String) })
  expect((await page('')).html).toContain('Not reachable')
  status = 200
  await check()
  expect((await page('/launch')).status).toBe(302)
  expect((await metrics()).reachability).toMatchObject({ isReachable: true, unreachableSince: null })
})

test.each([
  ['suspended', 403, 'is suspended'],
  ['archived', 410, 'no longer offered'],
])('launching an agent that is %s leads nowhere, and says so', async (state, expected, words) => {
  await server.deps.db.execute(sql`UPDATE agents SET status = ${state} WHERE id = ${agent.id}`)
  const shown = await page('/launch')
  expect([shown.status, shown.location]).toEqual([expected, ''])
  expect(shown.html).toContain(words)
})

test('launching what is still to come leads to its waitlist; drafts and entries are not there', async () => {
  const { db } = server.deps
  await db.execute(sql`UPDATE agents SET coming_soon = true WHERE id = ${agent.id}`)
  expect((await page('/launch')).html).toContain(`/agents/${slug}/waitlist`)
  await db.execute(sql`UPDATE agents SET coming_soon = false, status = 'draft' WHERE id = ${agent.id}`)
  expect((await page('/launch')).status).toBe(404)
  expect((await fetch(`${server.origin}/agents/openhands/launch`)).status).toBe(404)
  expect((await fetch(`${server.origin}/agents/no%00pe/launch`)).status).toBe(404)
})

test('says how often it answered from a dozen checks on, and keeps the days', async () => {
  await check(9)
  status = 503
  await check(2)
  expect((await metrics()).uptime).toBeNull()
  await check()
  expect((await metrics()).uptime).toEqual({ answeredBp: 7_500, checks: 12 })
  await server.deps.db
    .execute(sql`UPDATE agent_checks SET checked_at = date_trunc('day', now(), 'UTC') - interval '12 hours'
    + (now() - checked_at), latency_ms = 40 WHERE agent_id = ${agent.id} AND is_reachable`)
  await server.deps.db
    .execute(sql`UPDATE agent_checks SET checked_at = date_trunc('day', now(), 'UTC') - interval '1 hour'
    - (now() - checked_at) WHERE agent_id = ${agent.id} AND NOT is_reachable`)
  await sumUpDays(server.deps.db)
  await sumUpDays(server.deps.db)
  const { rows } = await server.deps.db.execute(sql`
    SELECT uptime_bp, avg_latency_ms, csat_bp, day = (now() AT TIME ZONE 'UTC')::date - 1 AS is_yesterday
    FROM agent_metrics_daily WHERE agent_id = ${agent.id}`)
  expect(rows).toEqual([{ uptime_bp: 7_500, avg_latency_ms: 40, csat_bp: null, is_yesterday: true }])
})

test('keeps how satisfied reviewers are from five reviews on, without the publisher’s own people and what is hidden', async () => {
  const { db } = server.deps
  const rate = async (rating: number) => {
    const userId = await addPerson(db)
    await db.execute(sql`INSERT INTO reviews (agent_id, user_id, rating) VALUES (${agent.id}, ${userId}, ${rating})`)
    return userId
  }
  for (const rating of [5, 4, 3, 1]) await rate(rating)
  const csat = async () => {
    await sumUpDays(db)
    const { rows } = await db.execute(sql`SELECT csat_bp FROM agent_metrics_daily WHERE agent_id = ${agent.id}`)
    return rows[0]?.['csat_bp']
  }
  expect(await csat()).toBeUndefined()
  await addSubscriber(server, agent, { userId: await rate(5), isTest: true })
  expect(await csat()).toBeUndefined()
  await rate(5)
  expect(await csat()).toBe(6_000)
})

test('figures of use appear from five people on, and an agent without any says why', async () => {
  const { db } = server.deps
  const useBy = async (people: number) => {
    for (let person = 0; person < people; person++) {
      await db.execute(sql`
        INSERT INTO agent_active_users (agent_id, day, user_id)
        VALUES (${agent.id}, (rialto_now() AT TIME ZONE 'UTC')::date, ${await addPerson(db)})`)
    }
  }
  await db.execute(sql`INSERT INTO agent_metrics_daily (agent_id, day, active_users, api_calls)
    VALUES (${agent.id}, (rialto_now() AT TIME ZONE 'UTC')::date, 4, 40)`)
  await useBy(4)
  expect((await metrics()).use).toBeNull()
  expect((await page('')).html).toContain('they appear from five on')
  await useBy(1)
  await db.execute(sql`INSERT INTO agent_metrics_daily (agent_id, day, active_users, api_calls)
    VALUES (${agent.id}, (rialto_now() AT TIME ZONE 'UTC')::date - 1, 1, 7)`)
  // Of yesterday one person's calls would be told: neither the day nor the sum says them.
  const { use } = (await metrics()) as { use: { people: number; calls: number; days: { calls: number | null }[] } }
  expect([use.people, use.calls, use.days.length]).toEqual([5, 40, 30])
  expect(use.days.slice(-2).map(({ calls }) => calls)).toEqual([null, 40])
  expect((await fetch(`${server.origin}/api/v1/agents/nobody/metrics`)).status).toBe(404)
})

test('tells of a limit that somebody hit once for each period, however many look', async () => {
  const { db } = server.deps
  const metricId = agent.metricIds['messages']
  const [one, tester] = [await addSubscriber(server, agent), await addSubscriber(server, agent, { isTest: true })]
  const deny = (subscriptionId: string, hoursAgo: number) =>
    db.execute(sql`
      INSERT INTO usage_denials_hourly (subscription_id, metric_id, hour, denials)
      VALUES (${subscriptionId}, ${metricId}, date_trunc('hour', rialto_now(), 'UTC') - make_interval(hours => ${hoursAgo}), 2)`)
  const hits = async () => {
    await Promise.all([recordLimitsHit(server.deps), recordLimitsHit(server.deps)])
    const { rows } = await db.execute(sql`
      SELECT user_id, metadata FROM interactions WHERE type = 'limit_hit' AND agent_id = ${agent.id} ORDER BY created_at`)
    return rows
  }
  await db.execute(sql`
    INSERT INTO subscription_usage (id, subscription_id, metric_id, period_start, period_end, used)
    SELECT ${randomUUID()}::uuid, ${one.subscriptionId}, ${metricId}, start, start + interval '30 days', 0
    FROM (SELECT date_trunc('hour', rialto_now(), 'UTC') - interval '5 hours' AS start) AS period`)
  await deny(one.subscriptionId, 3)
  await deny(one.subscriptionId, 1)
  await deny(tester.subscriptionId, 1)
  const told = [{ user_id: one.userId, metadata: { metric: 'messages' } }]
  expect(await hits()).toEqual(told)
  await deny(one.subscriptionId, 0)
  expect(await hits()).toEqual(told)

  // One period ends and the next begins in the middle of the hour.
  const turning = await addSubscriber(server, agent)
  await db.execute(sql`
    INSERT INTO subscription_usage (id, subscription_id, metric_id, period_start, period_end, used)
    SELECT gen_random_uuid(), ${turning.subscriptionId}, ${metricId}, turn + at, turn + at + interval '30 days', 0
    FROM (SELECT date_trunc('hour', rialto_now(), 'UTC') - interval '150 minutes' AS turn) AS period,
      unnest(ARRAY[interval '-30 days', interval '0']) AS at`)
  await deny(turning.subscriptionId, 3)
  expect(await hits()).toEqual([...told, { user_id: turning.userId, metadata: { metric: 'messages' } }])
})
