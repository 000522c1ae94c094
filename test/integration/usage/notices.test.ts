import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import type { Transaction } from '#src/db/client.ts'
import { user, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { sendNotices } from '#src/features/usage/notices/send-notices.ts'
import { sweepUsage } from '#src/features/usage/sweep.ts'
import type { MailMessage } from '#src/integrations/mail/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAddon, addMeteredAgent, addSubscriber, call } from './market.ts'
import type { MeteredAgent, Subscriber } from './market.ts'

let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  // Mails stay in their queue, where they can be counted.
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, { messages: { quota: 100 }, seats: { kind: 'gauge', quota: 10 } })
})
afterAll(() => server.stop())

async function use({ userId }: Subscriber, delta: number, metric = 'messages'): Promise<void> {
  const body = { clientReqId: randomUUID(), userId, metric, delta }
  const answer = await call(server, { token: agent.token, path: '/usage', body })
  expect(answer.body).toMatchObject({ allowed: true })
}

async function mailsTo({ userId }: Subscriber): Promise<readonly MailMessage[]> {
  const { rows } = await server.deps.db.execute<{ data: MailMessage }>(sql`
    SELECT data FROM pgboss.job JOIN "user" ON data->>'to' = email
    WHERE pgboss.job.name = 'mail' AND "user".id = ${userId} ORDER BY created_on`)
  return rows.map(({ data }) => data)
}

const send = (overrides: Partial<Deps> = {}) => sendNotices({ ...server.deps, ...overrides })

async function waiting({ subscriptionId }: Subscriber): Promise<number> {
  const { rows } = await server.deps.db.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM usage_notices WHERE subscription_id = ${subscriptionId} AND mailed_at IS NULL`)
  return rows[0]?.count ?? 0
}

it('says at 80 % how much is used, once', async () => {
  const ada = await addSubscriber(server, agent)
  await use(ada, 79)
  await send()
  expect(await mailsTo(ada)).toEqual([])
  await use(ada, 2)
  await send()
  await use(ada, 1)
  await send()
  const mails = await mailsTo(ada)
  expect(mails).toHaveLength(1)
  expect(mails[0]).toMatchObject({ template: 'usage-threshold' })
  expect(mails[0]?.subject).toMatch(/^You have used 80 % of your messages at /)
  expect(mails[0]?.text).toContain('81 of 100 messages are used.')
})

it('says at 100 % what stops, when it starts again, and where the limit is lifted', async () => {
  const ada = await addSubscriber(server, agent)
  await use(ada, 80)
  await send()
  await use(ada, 20)
  await send()
  const [, mail] = await mailsTo(ada)
  expect(mail?.subject).toMatch(/^You have used 100 % of your messages at /)
  expect(mail?.text).toContain('Messages stop here')
  expect(mail?.text).toMatch(
    /They start again from 0 on \d+ \w+ \d{4}, \d\d:\d\d UTC, or as soon as the limit is lifted\./,
  )
  const token = mail?.text.match(new RegExp(`${server.origin}/buy/([\\w-]+)`))?.[1] ?? ''
  expect(server.deps.liftLinks.read(token)).toEqual({ userId: ada.userId, agentId: agent.id, metric: 'messages' })
})

it('makes one mail of what came at once, about the highest', async () => {
  const ada = await addSubscriber(server, agent)
  await use(ada, 85)
  await use(ada, 15)
  expect(await waiting(ada)).toBe(2)
  await send()
  expect((await mailsTo(ada)).map(({ subject }) => subject)).toEqual([expect.stringContaining('100 %')])
  expect(await waiting(ada)).toBe(0)
})

it('tells again once the limit is another', async () => {
  const ada = await addSubscriber(server, agent)
  await use(ada, 100)
  await addAddon(server, { ...ada, metricId: agent.metricIds['messages'] ?? '', amount: 50 })
  await use(ada, 20)
  await send()
  const [mail, ...more] = await mailsTo(ada)
  // The limit of 100 is of no interest any more.
  expect(mail?.text).toContain('120 of 150 messages are used.')
  expect(more).toEqual([])
})

it('speaks of a level as of something that stays', async () => {
  const ada = await addSubscriber(server, agent)
  await use(ada, 10, 'seats')
  await send()
  const [mail] = await mailsTo(ada)
  expect(mail?.subject).toMatch(/^You use 100 % of your seats at /)
  expect(mail?.text).not.toContain('start again')
})

it('mails nothing to the publisher’s own people, nor about what is over, and asks no second time', async () => {
  const tester = await addSubscriber(server, agent, { isTest: true })
  const left = await addSubscriber(server, agent)
  for (const subscriber of [tester, left]) await use(subscriber, 90)
  const { db } = server.deps
  await db
    .update(userAgentSubscriptions)
    .set({ status: 'canceled' })
    .where(eq(userAgentSubscriptions.id, left.subscriptionId))
  await send()
  for (const subscriber of [tester, left]) {
    expect(await mailsTo(subscriber)).toEqual([])
    expect(await waiting(subscriber)).toBe(0)
  }
})

it('mails nobody who is being deleted, also when that begins just now', async () => {
  const ada = await addSubscriber(server, agent)
  await use(ada, 90)
  const { db } = server.deps
  await db.transaction(async (tx) => {
    await tx.execute(sql`INSERT INTO account_deletions (user_id) VALUES (${ada.userId})`)
    await tx.update(user).set({ banned: true }).where(eq(user.id, ada.userId))
    await send()
    expect(await waiting(ada)).toBe(1)
  })
  await send()
  expect(await mailsTo(ada)).toEqual([])
  expect(await waiting(ada)).toBe(0)
})

it('mails each counter once, whichever of four workers comes first', async () => {
  const people = await Promise.all(Array.from({ length: 12 }, () => addSubscriber(server, agent)))
  await Promise.all(people.map((person) => use(person, 80)))
  await Promise.all(people.map((person) => use(person, 20)))
  await Promise.all(Array.from({ length: 4 }, () => send()))
  // Where one found another at it, it left.
  await send()
  for (const person of people) expect(await mailsTo(person)).toHaveLength(1)
})

it('mails once when it is cut off in between', async () => {
  const ada = await addSubscriber(server, agent)
  await use(ada, 100)
  const { mail } = server.deps
  const enqueueAndDie: Deps['mail']['enqueue'] = async (message, options) => {
    await mail.enqueue(message, options)
    const tx = options?.tx as Transaction | undefined
    await tx?.execute(sql`SELECT pg_terminate_backend(pg_backend_pid())`)
  }
  await expect(send({ mail: { ...mail, enqueue: enqueueAndDie } })).rejects.toThrow('could not be sent yet')
  expect(await mailsTo(ada)).toEqual([])
  await send()
  expect(await mailsTo(ada)).toHaveLength(1)
})

it('goes on with the others where one mail can’t be made', async () => {
  const [broken, ada] = [await addSubscriber(server, agent), await addSubscriber(server, agent)]
  await server.deps.db
    .update(user)
    .set({ email: `${randomUUID()} has spaces` })
    .where(eq(user.id, broken.userId))
  await use(broken, 90)
  await use(ada, 90)
  await expect(send()).rejects.toThrow('1 notices could not be sent yet')
  expect(await mailsTo(ada)).toHaveLength(1)
  expect(await waiting(broken)).toBe(1)
  await server.deps.db.delete(user).where(eq(user.id, broken.userId))
  await send()
})

it('is woken by whoever reaches a threshold', async () => {
  const own = await startTestServer({ environment: { RIALTO_ROLE: 'all' } })
  onTestFinished(() => own.stop())
  const metered = await addMeteredAgent(own)
  const { userId } = await addSubscriber(own, metered)
  const body = { clientReqId: randomUUID(), userId, metric: 'messages', delta: 80 }
  await call(own, { token: metered.token, path: '/usage', body })
  await vi.waitFor(
    async () => {
      const [mail] = (await own.deps.mailPreview?.list()) ?? []
      expect(mail?.subject).toContain('80 % of your messages')
    },
    { timeout: 30_000, interval: 100 },
  )
})

it('forgets notices, denials, events and days of activity once their time is over, and nothing before', async () => {
  const ada = await addSubscriber(server, agent)
  const metricId = agent.metricIds['messages'] ?? ''
  await use(ada, 90)
  await use(ada, 9, 'seats')
  const { db } = server.deps
  const count = async () => {
    const { rows } = await db.execute(sql`
      SELECT (SELECT count(*)::int FROM usage_notices WHERE subscription_id = ${ada.subscriptionId}) AS notices,
        (SELECT count(*)::int FROM usage_denials_hourly WHERE subscription_id = ${ada.subscriptionId}) AS denials,
        (SELECT count(*)::int FROM outbox_events WHERE subject = ${ada.subscriptionId}) AS events,
        (SELECT count(*)::int FROM agent_active_users WHERE user_id = ${ada.userId}) AS days`)
    return rows[0]
  }
  for (const ago of [399, 401]) {
    await db.execute(sql`
      INSERT INTO usage_denials_hourly (subscription_id, metric_id, hour, denials)
      VALUES (${ada.subscriptionId}, ${metricId}, rialto_now() - make_interval(days => ${ago}), 1)`)
  }
  for (const ago of [409, 411]) {
    await db.execute(sql`
      INSERT INTO agent_active_users (agent_id, day, user_id)
      VALUES (${agent.id}, (rialto_now() AT TIME ZONE 'UTC')::date - ${ago}::integer, ${ada.userId})`)
  }
  await sweepUsage({ db })
  expect(await count()).toEqual({ notices: 2, denials: 1, events: 2, days: 1 })

  await db.execute(sql`
    UPDATE outbox_events SET created_at = now() - interval '91 days' WHERE subject = ${ada.subscriptionId}
      AND payload->>'metricId' = ${metricId}`)
  const old = sql`period_start - interval '200 days'`
  await db.execute(sql`
    UPDATE usage_notices SET period_start = ${old} WHERE subscription_id = ${ada.subscriptionId} AND metric_id = ${metricId}`)
  await db.execute(sql`
    UPDATE subscription_usage SET period_start = ${old}, period_end = period_end - interval '200 days'
    WHERE subscription_id = ${ada.subscriptionId} AND metric_id = ${metricId}`)
  // An event is found by its number: older ones go first.
  await db.execute(sql`UPDATE outbox_events SET created_at = now() - interval '91 days'
    WHERE seq < (SELECT max(seq) FROM outbox_events WHERE subject = ${ada.subscriptionId})`)
  await sweepUsage({ db })
  // The notice of the level stays.
  expect(await count()).toEqual({ notices: 1, denials: 1, events: 1, days: 1 })
})
