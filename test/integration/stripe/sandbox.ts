// A sandbox over a database of its own, whose every answer is compared with Stripe's shapes.
import type { Stripe } from 'stripe'
import { createSandbox, createStripe } from '#src/integrations/stripe/index.ts'
import type { Sandbox, SandboxOptions } from '#src/integrations/stripe/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { differences } from './shape-check.ts'

const dayMs = 86_400_000

export interface TestSandbox {
  readonly database: TestDatabase
  readonly sandbox: Sandbox
  readonly stripe: Stripe
  /** What was not of Stripe's shape, of all answers so far. */
  readonly drifts: string[]
  /** Moves the business clock forward and lets happen what is due. */
  pass(time: { days?: number; seconds?: number }): Promise<number>
  /** Moves the business clock to this moment, forward only. */
  goTo(moment: string | number): Promise<number>
  /** The business clock, in seconds. */
  now(): Promise<number>
  stop(): Promise<void>
}

export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const database = await createTestDatabase()
  await database.pool.query(`UPDATE installation SET environment = 'sandbox'`)
  const drifts: string[] = []
  const sandbox = createSandbox({
    pool: database.pool,
    baseUrl: 'https://market.example',
    onError: (error) => drifts.push(String(error instanceof Error ? error.stack : error)),
    ...options,
  })
  const watched = async (request: Request): Promise<Response> => {
    const response = await sandbox.fetch(request)
    const body: unknown = await response.clone().json()
    if (response.ok)
      drifts.push(
        ...differences(body).map((sentence) => `${request.method} ${new URL(request.url).pathname}: ${sentence}`),
      )
    return response
  }
  const now = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ now: number }>(
      'SELECT floor(extract(epoch FROM rialto_now()))::float8 AS now',
    )
    return rows[0]?.now ?? 0
  }
  const move = async (ms: number): Promise<number> => {
    await database.pool.query('UPDATE installation SET clock_offset_ms = clock_offset_ms + $1', [Math.round(ms)])
    return sandbox.advance()
  }
  return {
    database,
    sandbox,
    stripe: createStripe({ sandbox: { fetch: watched } }),
    drifts,
    now,
    pass: ({ days = 0, seconds = 0 }) => move(days * dayMs + seconds * 1000),
    goTo: async (moment) => {
      const target = typeof moment === 'number' ? moment * 1000 : Date.parse(moment)
      return move(target - (await now()) * 1000)
    },
    stop: () => database.drop(),
  }
}
