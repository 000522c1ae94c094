import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter, problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard, operatorGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { advanceClock } from './clock/advance-clock.ts'
import { readClock } from './clock/read-clock.ts'
import type { ClockStep, ClockTarget } from './clock/target.ts'
import { clockAdvanceInput, clockAdvanceSchema, clockSchema } from './schema.ts'

/** The sandbox's clock, for operators, by their session. 404 where payments are real. */
export function sandboxRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guards add to the context what only the routes behind them read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  guarded.use(path, consoleGuard(deps), operatorGuard(deps))
  guarded.openapi(readRoute, async (c) => c.json(await readClock(deps), 200))
  guarded.openapi(advanceRoute, async (c) => {
    const { by, to, twice, shuffled, delayed } = c.req.valid('json')
    const advance = await advanceClock(deps, {
      operatorId: c.get('person').id,
      target: targetOf(by, to),
      disorder: { isTwice: twice, isShuffled: shuffled, isDelayed: delayed },
    })
    return c.json(advance, 200)
  })
  return router
}

/** The schema lets exactly one of them through. */
function targetOf(by: ClockStep | 'next_due' | undefined, to: string | undefined): ClockTarget {
  if (by === undefined) return { kind: 'moment', at: new Date(to ?? Number.NaN) }
  return by === 'next_due' ? { kind: 'next_due' } : { kind: 'step', step: by }
}

const path = '/operator/sandbox/clock'
const common = { path, tags: ['Operating: sandbox'], security: [{ session: [] }] }

const readRoute = createRoute({
  ...common,
  method: 'get',
  operationId: 'readSandboxClock',
  summary: 'Read the business clock',
  description: 'What time it is in the sandbox, and what is due next. 404 where payments are real.',
  responses: {
    200: { description: 'The clock.', content: { 'application/json': { schema: clockSchema } } },
    ...problems(401, 403, 404),
  },
})

const advanceRoute = createRoute({
  ...common,
  method: 'post',
  operationId: 'advanceSandboxClock',
  summary: 'Move the business clock forward',
  description:
    'Lets happen at Stripe what is due by then and delivers the webhooks of it, for 20 seconds at most; the rest follows by itself. 409 when nothing is due.',
  request: { body: { required: true, content: { 'application/json': { schema: clockAdvanceInput } } } },
  responses: {
    200: { description: 'What happened.', content: { 'application/json': { schema: clockAdvanceSchema } } },
    ...problems(400, 401, 403, 404, 409, 415),
  },
})
