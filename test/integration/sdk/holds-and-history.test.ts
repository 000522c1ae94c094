import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'drizzle-orm'
import type { Rialto } from '@rialto/sdk'
import { addMeteredAgent, addSubscriber, drift } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { backendOf, startNetwork } from './backend.ts'

let server: TestServer
let agent: MeteredAgent
let rialto: Rialto

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server, { tokens: { quota: 1_000 }, seats: { kind: 'gauge', quota: 5 } })
  rialto = backendOf(server, agent)
})
afterAll(() => server.stop())

const metric = 'tokens'
const usedBy = async (userId: string) => (await rialto.check({ userId, metric })).used

describe('a reservation', () => {
  it('is committed for what the work took', async () => {
    const { userId } = await addSubscriber(server, agent)
    const held = await rialto.reserve({ userId, metric, amount: 400, ttlSeconds: 60 })
    if (!held.allowed) throw new Error(held.reason)
    expect(held).toMatchObject({ state: 'held', amount: 400, used: 400, remaining: 600 })
    const settled = await held.commit(150)
    expect(settled).toMatchObject({ state: 'committed', reservationId: held.reservationId, recorded: 150, short: 0 })
    expect(await usedBy(userId)).toBe(150)
    expect(await held.commit(150)).toEqual({ ...settled, replayed: true })
    await expect(held.commit(151)).rejects.toMatchObject({ code: 'reservation_settled', status: 409 })
    await expect(held.release()).rejects.toMatchObject({ code: 'reservation_settled' })
  })

  it('says what did not fit, and where that is lifted', async () => {
    const { userId } = await addSubscriber(server, agent)
    await rialto.consume({ userId, metric, delta: 900 })
    const held = await rialto.reserve({ userId, metric, amount: 50 })
    if (!held.allowed) throw new Error(held.reason)
    expect(await held.commit(130)).toMatchObject({
      recorded: 100,
      short: 30,
      purchaseUrl: expect.stringContaining('/buy/'),
    })
  })

  it('is denied where it does not fit, and then holds nothing', async () => {
    const { userId } = await addSubscriber(server, agent)
    await using held = await rialto.reserve({ userId, metric, amount: 1_001 })
    expect(held).toMatchObject({ allowed: false, reason: 'quota_exceeded' })
    expect(await usedBy(userId)).toBe(0)
  })

  it('is released at the end of its block when the work failed, and kept when it was committed', async () => {
    const { userId } = await addSubscriber(server, agent)
    const work = async (fails: boolean) => {
      await using held = await rialto.reserve({ userId, metric, amount: 300 })
      if (!held.allowed) throw new Error(held.reason)
      expect(await usedBy(userId)).toBe(300)
      if (fails) throw new Error('The work failed')
      await held.commit(120)
    }
    await expect(work(true)).rejects.toThrow('The work failed')
    expect(await usedBy(userId)).toBe(0)
    await work(false)
    expect(await usedBy(userId)).toBe(120)
  })

  it('of the same key is held once, also when the answers are lost', async () => {
    const { userId } = await addSubscriber(server, agent)
    const lost = new Set<string>()
    const network = await startNetwork(server.origin, ({ path }) => {
      const isFirst = path.includes('/reservations') && !lost.has(path)
      lost.add(path)
      return isFirst ? 'drop' : 'pass'
    })
    const shaky = backendOf(server, agent, { fetch: network.fetch })
    const held = await shaky.reserve({ userId, metric, amount: 200, key: 'job 7' })
    if (!held.allowed) throw new Error(held.reason)
    expect(held.replayed).toBe(true)
    expect(await held.commit(80)).toMatchObject({ recorded: 80, replayed: true })
    expect(await usedBy(userId)).toBe(80)
    await network.stop()
  })

  it('is for counters only', async () => {
    const { userId } = await addSubscriber(server, agent)
    await expect(rialto.reserve({ userId, metric: 'seats', amount: 1 })).rejects.toMatchObject({ code: 'counter_only' })
  })
})

describe('a refund', () => {
  it('gives back what an entry took, once for the same key, and never more', async () => {
    const { userId } = await addSubscriber(server, agent)
    const used = await rialto.consume({ userId, metric, delta: 10 })
    if (!used.allowed) throw new Error(used.reason)
    const { entryId } = used
    const part = await rialto.refund({ entryId, amount: 4, key: 'ticket 1' })
    expect(part).toMatchObject({ refersToId: entryId, refunded: 4, left: 6, used: 6 })
    expect(await rialto.refund({ entryId, amount: 4, key: 'ticket 1' })).toEqual({ ...part, replayed: true })
    await expect(rialto.refund({ entryId, amount: 7 })).rejects.toMatchObject({ status: 409 })
    expect(await rialto.refund({ entryId })).toMatchObject({ refunded: 6, left: 0, used: 0 })
    await expect(rialto.refund({ entryId: randomUUID() })).rejects.toMatchObject({ code: 'not_found', status: 404 })
  })
})

describe('reading', () => {
  it('shows every meter of a subscription, and none of another agent’s', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await rialto.consume({ userId, metric: 'seats', delta: 2 })
    await rialto.reserve({ userId, metric, amount: 100 })
    const usage = await rialto.subscriptionUsage(subscriptionId)
    expect(usage).toMatchObject({ subscriptionId, userId, status: 'active', tier: { name: 'Free', isFree: true } })
    expect(usage.meters).toMatchObject([
      { metric: 'seats', kind: 'gauge', used: 2, remaining: 3 },
      { metric: 'tokens', kind: 'counter', used: 100, held: 100 },
    ])
    const stranger = backendOf(server, await addMeteredAgent(server))
    await expect(stranger.subscriptionUsage(subscriptionId)).rejects.toMatchObject({ code: 'not_found' })
    await expect(stranger.ledger({ subscriptionId }).next()).rejects.toMatchObject({ code: 'not_found' })
  })

  it('walks the whole history, page by page as it is read, and stops where the reader does', async () => {
    const { userId } = await addSubscriber(server, agent)
    const batch = rialto.batch()
    await Promise.all(Array.from({ length: 450 }, (_, n) => batch.consume({ userId, metric, metadata: { n } })))
    const seen = new Set<unknown>()
    for await (const { metadata, delta, type } of rialto.ledger({ userId })) {
      seen.add(metadata['n'])
      expect({ delta, type }).toEqual({ delta: 1, type: 'consume' })
    }
    expect(seen.size).toBe(450)

    const network = await startNetwork(server.origin, () => 'pass')
    const watched = backendOf(server, agent, { fetch: network.fetch })
    for await (const entry of watched.ledger({ userId, metric })) if (entry.usedAfter === 449) break
    expect(network.seen.filter(({ path }) => path.includes('/usage/ledger'))).toHaveLength(1)
    await network.stop()
  })

  it('leaves out what was not asked for', async () => {
    const { userId } = await addSubscriber(server, agent)
    await rialto.consume({ userId, metric, occurredAt: new Date(Date.now() - 3 * 86_400_000) })
    await rialto.consume({ userId, metric: 'seats' })
    const read = async (query: object) => {
      const found: string[] = []
      for await (const entry of rialto.ledger({ userId, ...query })) found.push(entry.metric)
      return found
    }
    expect(await read({})).toEqual(['seats', 'tokens'])
    expect(await read({ metric: undefined, type: undefined })).toEqual(['seats', 'tokens'])
    expect(await read({ from: new Date(Date.now() - 86_400_000) })).toEqual(['seats'])
    expect(await read({ to: new Date(Date.now() - 86_400_000) })).toEqual(['tokens'])
    expect(await read({ type: 'adjust' })).toEqual(['seats'])
  })
})

it('has counters that equal the ledger after all of this', async () => {
  expect(await drift(server)).toEqual([])
  const { rows } = await server.deps.db.execute(sql`SELECT count(*)::int AS entries FROM usage_ledger`)
  expect(Number(rows[0]?.['entries'])).toBeGreaterThan(450)
})
