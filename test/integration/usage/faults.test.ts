import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startInstallation } from '#test/support/installation.ts'
import type { Installation } from '#test/support/installation.ts'
import { startLoad, wrongAfter } from './load.ts'
import type { Target } from './load.ts'
import { addMeteredAgent, addSubscriber } from './market.ts'

let installation: Installation
beforeAll(async () => {
  installation = await startInstallation()
})
afterAll(() => installation.stop())

/** Somebody's own agent, so that what each test counts is its own. */
async function newTarget(): Promise<Target> {
  const agent = await addMeteredAgent(installation, { messages: { quota: null }, tokens: { quota: 300 } })
  const subscribers = await Promise.all(Array.from({ length: 8 }, () => addSubscriber(installation, agent)))
  const people = subscribers.map(({ userId }) => userId)
  return { origin: installation.origin, token: agent.token, people, metrics: ['messages', 'tokens', 'messages'] }
}

/** From the kill to the next answer. A busy machine starts a server in seconds; nobody should wait longer than this. */
const recoveryMsMax = 30_000

describe('kill -9 under load', { timeout: 120_000 }, () => {
  it('of the server loses nothing acknowledged, counts nothing twice, and the next one answers in seconds', async () => {
    const target = await newTarget()
    const load = startLoad(target, { workers: 16 })
    await load.underWay(recoveryMsMax)
    for (let kills = 0; kills < 2; kills++) {
      await sleep(700)
      const killedAt = performance.now()
      await installation.killServer()
      await load.recoveredIn(killedAt, recoveryMsMax)
    }
    await load.stop()
    expect(load.acknowledged.length).toBeGreaterThan(50)
    expect(load.repeated).toBeGreaterThan(0)
    expect(await wrongAfter(load, { target, db: installation.deps.db })).toEqual([])
  })

  it('of PostgreSQL loses nothing acknowledged either, and the same server brings it back', async () => {
    const target = await newTarget()
    const load = startLoad(target, { workers: 16 })
    await load.underWay(recoveryMsMax)
    for (let kills = 0; kills < 2; kills++) {
      await sleep(700)
      const killedAt = performance.now()
      installation.killDatabase()
      await load.recoveredIn(killedAt, recoveryMsMax)
    }
    await load.stop()
    expect(installation.serverEnded()).toBeUndefined()
    expect(load.acknowledged.length).toBeGreaterThan(50)
    expect(load.repeated).toBeGreaterThan(0)
    expect(await wrongAfter(load, { target, db: installation.deps.db })).toEqual([])
  })
})
