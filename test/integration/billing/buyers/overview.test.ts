// What somebody's account opens with, and what a subscription's own page says in the states that need its owner.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { agents } from '#src/db/schema/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addPaidAgent, decliningCard, pass, subscribe } from './market.ts'
import type { PaidAgent } from './market.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** A page's words, without what is markup. */
async function wordsAt(path: string, { cookie }: Session): Promise<string> {
  const response = await fetch(`${server.origin}${path}`, { headers: { cookie } })
  expect(response.status).toBe(200)
  return (await response.text())
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replaceAll('<!-- -->', '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', '’')
    .replaceAll(/\s+/g, ' ')
}

async function agentNamed(name: string): Promise<PaidAgent> {
  const agent = await addPaidAgent(server)
  await server.deps.db.update(agents).set({ name }).where(eq(agents.id, agent.id))
  return agent
}

async function startFree(person: Session, agent: PaidAgent): Promise<string> {
  const { status, body } = await person.call('POST', '/subscriptions', {
    body: { agent: agent.slug, tierId: agent.tiers.free },
  })
  expect(status).toBe(201)
  return body.id
}

const use = async (person: Session, { token }: PaidAgent, delta: number): Promise<void> => {
  const response = await fetch(`${server.origin}/api/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ clientReqId: crypto.randomUUID(), userId: person.userId, metric: 'messages', delta }),
  })
  expect(await response.json()).toMatchObject({ allowed: true })
}

it('says that nothing runs yet, and of others’ subscriptions nothing', async () => {
  const person = await signedIn(server)
  const words = await wordsAt('/account', person)
  expect(words).toContain('Nothing runs yet')
  expect(words).not.toContain('to look at')
})

it('begins with what needs its person, the most urgent first, then what runs and what it costs next', async () => {
  const person = await signedIn(server)
  const [late, ending, stopped, fine] = [
    await agentNamed('Late'),
    await agentNamed('Ending'),
    await agentNamed('Stopped'),
    await agentNamed('Fine'),
  ]
  const lateId = await subscribe(server, person, { agent: late, tier: 'reader', withTrial: true, card: decliningCard })
  await pass(server, { days: 14.5 })
  const endingId = await subscribe(server, person, { agent: ending, tier: 'studio' })
  expect((await person.call('POST', `/subscriptions/${endingId}/cancel`, { body: {} })).status).toBe(200)
  await subscribe(server, person, { agent: fine, tier: 'studio' })
  await use(person, fine, 640)
  const stoppedId = await startFree(person, stopped)
  await use(person, stopped, 5)
  await wordsAt(`/account/subscriptions/${lateId}`, person)

  const words = await wordsAt('/account', person)
  expect(words).toMatch(
    /Subscriptions 4 Next charge, \d+ \w+: Fine €29\.00 By itself in the next 31 days €29\.00 3 things to look at/,
  )
  expect(words).toMatch(/Payment failed · Late.*limit reached · Stopped.*Cancelled: ends on .* · Ending.*Your agents/)
  expect(words).toMatch(/Your agents.*Fine.*640 of 2,000/)

  const page = await wordsAt(`/account/subscriptions/${lateId}`, person)
  expect(page).toContain('Payment failed: €9.00 is due')
  expect(page).toContain('The bank says: “Your card was declined')
  expect(await wordsAt(`/account/subscriptions/${endingId}`, person)).toMatch(/Cancelled: ends on .* Resume/)
  const blocked = await wordsAt(`/account/subscriptions/${stoppedId}`, person)
  expect(blocked).toMatch(/limit reached 5 of 5 unit are used; Stopped refuses more until .* Buy an add-on Change tier/)
})

it('says that an agent is suspended, what that means for the money, and offers nothing more of it', async () => {
  const person = await signedIn(server)
  const agent = await agentNamed('Night Watch')
  const id = await subscribe(server, person, { agent, tier: 'studio' })
  await server.deps.db.update(agents).set({ status: 'suspended' }).where(eq(agents.id, agent.id))
  const words = await wordsAt(`/account/subscriptions/${id}`, person)
  expect(words).toMatch(/Night Watch is suspended .* Unless you cancel, €29\.00 is charged on \d+ \w+ \d{4}\./)
  expect(words).toContain('Agent suspended')
  expect(words).toContain('Cancel Night Watch')
  for (const offered of ['Change tier', 'Buy an add-on', 'Launch']) expect(words).not.toContain(offered)
})

it('says the day before that a trial ends, and leaves what has ended out of the overview but not its receipts', async () => {
  const person = await signedIn(server)
  const agent = await agentNamed('Lector')
  const id = await subscribe(server, person, {
    agent,
    tier: 'reader',
    withTrial: true,
    card: '5555555555554444',
  })
  await pass(server, { days: 13 })
  expect(await wordsAt('/account', person)).toContain('Your trial ends tomorrow · Lector')
  expect((await person.call('POST', `/subscriptions/${id}/cancel`, { body: {} })).status).toBe(200)
  // Before any job has written down that it is over.
  await pass(server, { days: 1.5 })
  expect(await wordsAt('/account', person)).toContain('Nothing runs yet')
  const page = await wordsAt(`/account/subscriptions/${id}`, person)
  expect(page).toMatch(/It ended on .* Subscribe again .* Every unit, with its receipt/)
})
