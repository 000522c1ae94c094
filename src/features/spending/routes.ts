import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn } from '#src/features/pricing/index.ts'
import { createApiRouter, problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { readSpending } from './read-spending.ts'
import { removeCap } from './remove-cap.ts'
import { agentCapParam, newCapSchema, spendingSchema } from './schema.ts'
import { findAgentId } from './services.ts'
import { setCap } from './set-cap.ts'

/** What somebody lets themself be charged, by their session: no agent's token ever raises it. */
export function spendingRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guard adds to the context what only the routes behind it read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  for (const path of ['/spending', '/spending/cap', '/spending/agents/:agent/cap']) {
    guarded.use(path, consoleGuard(deps))
  }
  guarded.openapi(readRoute, async (c) => c.json(await readSpending(deps, { userId: c.get('person').id }), 200))
  guarded.openapi(setRoute, async (c) => {
    await setCap(deps, { userId: c.get('person').id, agentId: undefined, ...c.req.valid('json') })
    return c.body(null, 204)
  })
  guarded.openapi(removeRoute, async (c) => {
    await removeCap(deps, { userId: c.get('person').id, agentId: undefined })
    return c.body(null, 204)
  })
  guarded.openapi(setAtAgentRoute, async (c) => {
    const agentId = await findAgentId(deps, c.req.valid('param').agent)
    await setCap(deps, { userId: c.get('person').id, agentId, ...c.req.valid('json') })
    return c.body(null, 204)
  })
  guarded.openapi(removeAtAgentRoute, async (c) => {
    const agentId = await findAgentId(deps, c.req.valid('param').agent)
    await removeCap(deps, { userId: c.get('person').id, agentId })
    return c.body(null, 204)
  })
  return router
}

const common = { tags: ['Buying: spending caps'], security: signedIn }
const writeProblems = problems(400, 401, 403, 404, 409, 415)
const set = { 204: { description: 'It holds from now on.' }, ...writeProblems }
const removed = { 204: { description: 'There is none.' }, ...writeProblems }
const description =
  'Minor units for each calendar month (UTC). Nothing can be bought from then on that would bring a month’s charges past it, now or by what renews: 409 `spend_cap_reached`. 409 `spend_cap_too_low` while what renews or is open needs more; `leastMinor` says how much.'

const readRoute = createRoute({
  ...common,
  method: 'get',
  path: '/spending',
  operationId: 'readSpending',
  summary: 'Read what this month is made of',
  description: 'What was charged, what is held for purchases that are open, what still renews, and the caps.',
  responses: { 200: jsonAnswer(spendingSchema, 'The month.'), ...readProblems },
})

const setRoute = createRoute({
  ...common,
  method: 'put',
  path: '/spending/cap',
  operationId: 'setSpendingCap',
  summary: 'Set the cap over all you pay for',
  description,
  request: jsonBody(newCapSchema),
  responses: set,
})

const removeRoute = createRoute({
  ...common,
  method: 'delete',
  path: '/spending/cap',
  operationId: 'removeSpendingCap',
  summary: 'Remove the cap over all you pay for',
  responses: removed,
})

const setAtAgentRoute = createRoute({
  ...common,
  method: 'put',
  path: '/spending/agents/{agent}/cap',
  operationId: 'setSpendingCapAtAgent',
  summary: 'Set the cap at one agent',
  description: `${description} It outlives the subscription.`,
  request: { params: agentCapParam, ...jsonBody(newCapSchema) },
  responses: set,
})

const removeAtAgentRoute = createRoute({
  ...common,
  method: 'delete',
  path: '/spending/agents/{agent}/cap',
  operationId: 'removeSpendingCapAtAgent',
  summary: 'Remove the cap at one agent',
  request: { params: agentCapParam },
  responses: removed,
})
