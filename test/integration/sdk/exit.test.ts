import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usageLedger } from '#src/db/schema/index.ts'
import { addMeteredAgent, addSubscriber } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let agent: MeteredAgent
beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server)
})
afterAll(() => server.stop())

interface Ending {
  readonly how: number | string | null
  readonly output: string
  readonly counted: number
}

async function runBackend(mode: string, signal?: NodeJS.Signals): Promise<Ending> {
  const { userId, subscriptionId } = await addSubscriber(server, agent)
  const script = join(import.meta.dirname, 'backend-process.ts')
  const child = spawn(process.execPath, [script, server.origin, agent.clientId, agent.clientSecret, userId, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {},
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  // Once: a second signal ends it at once, as it should.
  if (signal !== undefined) child.stdout.once('data', () => child.kill(signal))
  const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null]
  const counted = await server.deps.db.$count(usageLedger, eq(usageLedger.subscriptionId, subscriptionId))
  return { how: code ?? killedBy, output, counted }
}

const answered = ({ output }: Ending) => output.split('\n').filter((line) => line === 'true').length

it('a process that has nothing more to do ends after its reports are answered', async () => {
  const ending = await runBackend('natural')
  expect(ending).toMatchObject({ how: 0, counted: 25 })
  expect(answered(ending)).toBe(25)
})

it.each(['SIGTERM', 'SIGINT'] as const)(
  'a process that %s tells to end, ends by it, after its reports',
  async (signal) => {
    const ending = await runBackend('waiting', signal)
    expect(ending).toMatchObject({ how: signal, counted: 25 })
    expect(answered(ending)).toBe(25)
  },
)

it('a process with several batches ends after the slowest of them', async () => {
  const ending = await runBackend('two batches', 'SIGTERM')
  expect(ending).toMatchObject({ how: 'SIGTERM', counted: 25 })
  expect(answered(ending)).toBe(25)
})

it('a process that handles the signal itself goes on deciding about its end', async () => {
  const ending = await runBackend('own handler', 'SIGTERM')
  expect(ending).toMatchObject({ how: 0, counted: 25 })
  expect(ending.output).toContain('closing')
})

it('a signal that can’t be handled loses what waited, and nobody was told otherwise', async () => {
  const ending = await runBackend('waiting', 'SIGKILL')
  expect(ending).toMatchObject({ how: 'SIGKILL', counted: 0 })
  expect(answered(ending)).toBe(0)
})
