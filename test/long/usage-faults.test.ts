// A minute under load with a kill -9 every two seconds, for each kind of victim.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest'
import { startLoad, wrongAfter } from '#test/integration/usage/load.ts'
import type { Load } from '#test/integration/usage/load.ts'
import { addMeteredAgent, addSubscriber } from '#test/integration/usage/market.ts'
import { startInstallation } from '#test/support/installation.ts'
import type { Installation } from '#test/support/installation.ts'

const loadMs = 60_000
const betweenKillsMs = 2_000
const recoveryMsMax = 60_000

let installation: Installation
beforeAll(async () => {
  installation = await startInstallation()
}, 120_000)
afterAll(() => installation.stop())

it.each([
  ['the server', () => installation.killServer()],
  ['PostgreSQL', () => installation.killDatabase()],
  ['both at once', () => (installation.killDatabase(), installation.killServer())],
])('kill -9 of %s again and again loses nothing acknowledged and counts nothing twice', async (victim, kill) => {
  onTestFailed(() => console.log(installation.output()))
  const agent = await addMeteredAgent(installation, { messages: { quota: null }, tokens: { quota: 100 } })
  const subscribers = await Promise.all(Array.from({ length: 50 }, () => addSubscriber(installation, agent)))
  const people = subscribers.map(({ userId }) => userId)
  const target = { ...installation, token: agent.token, people, metrics: ['messages', 'tokens', 'messages'] }
  const load = startLoad(target, { workers: 64 })
  await load.underWay(recoveryMsMax)
  const recoveries = await killUnder(load, kill)
  await load.stop()
  const wrong = await wrongAfter(load, { target, db: installation.deps.db })
  const slowest = Math.max(...recoveries)
  const middle = recoveries.toSorted((a, b) => a - b)[Math.floor(recoveries.length / 2)] ?? Number.NaN
  console.log(
    `${victim}: ${recoveries.length} kills, ${load.acknowledged.length} acknowledged, ${load.denied} denied, ` +
      `${load.repeated} sent again, ${wrong.length} wrong; answers again after ` +
      `${(middle / 1_000).toFixed(1)} s (median), ${(slowest / 1_000).toFixed(1)} s (slowest)`,
  )
  expect(wrong).toEqual([])
  expect(recoveries.length).toBeGreaterThan(2)
})

/** Two seconds of work between the return of the one and the death of the next. */
async function killUnder(load: Load, kill: () => unknown): Promise<readonly number[]> {
  const recoveries: number[] = []
  for (const end = performance.now() + loadMs; performance.now() < end;) {
    await sleep(betweenKillsMs)
    const killedAt = performance.now()
    await kill()
    recoveries.push(await load.recoveredIn(killedAt, recoveryMsMax))
  }
  return recoveries
}
