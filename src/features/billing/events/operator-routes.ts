import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter, problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard, operatorGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { listEvents } from './list-events.ts'
import {
  eventAnswerSchema,
  eventListSchema,
  eventParam,
  eventQuery,
  reconciledParam,
  reconciledSchema,
  replaySchema,
} from './operator.schema.ts'
import { readEvent } from './read-event.ts'
import { reconcileByOperator } from './reconcile-by-operator.ts'
import { replayEvent } from './replay-event.ts'

/** `/operator/stripe-events/…` and `/operator/subscriptions/{id}/reconcile`: what operators do about payments that went astray. */
export function eventOperatorRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guards add to the context what only the routes behind them read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  for (const path of [
    '/operator/stripe-events',
    '/operator/stripe-events/*',
    '/operator/subscriptions/:id/reconcile',
  ]) {
    guarded.use(path, consoleGuard(deps), operatorGuard(deps))
  }
  guarded.openapi(listRoute, async (c) => {
    const { items, ...rest } = await listEvents(deps, c.req.valid('query'))
    return c.json({ items: [...items], ...rest }, 200)
  })
  guarded.openapi(readRoute, async (c) => c.json(answerOf(await readEvent(deps, c.req.valid('param').id)), 200))
  guarded.openapi(replayRoute, async (c) => {
    const operatorId = c.get('person').id
    const { event, changes } = await replayEvent(deps, { id: c.req.valid('param').id, operatorId })
    return c.json({ event: answerOf(event), changes: [...changes] }, 200)
  })
  guarded.openapi(reconcileRoute, async (c) => {
    const subscriptionId = c.req.valid('param').id
    const operatorId = c.get('person').id
    const { outcome, changes } = await reconcileByOperator(deps, { subscriptionId, operatorId })
    return c.json({ outcome, changes: [...changes] }, 200)
  })
  return router
}

type Detail = Awaited<ReturnType<typeof readEvent>>
const answerOf = ({ traces, ...event }: Detail) => ({ ...event, traces: { ...traces, entries: [...traces.entries] } })

const common = { tags: ['Operating: payments'], security: [{ session: [] }] }
const json = <T extends object>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

const listRoute = createRoute({
  ...common,
  method: 'get',
  path: '/operator/stripe-events',
  operationId: 'listStripeEvents',
  summary: 'List events of Stripe',
  description: 'Newest first.',
  request: { query: eventQuery },
  responses: { 200: json(eventListSchema, 'A page of them.'), ...problems(400, 401, 403) },
})

const readRoute = createRoute({
  ...common,
  method: 'get',
  path: '/operator/stripe-events/{id}',
  operationId: 'getStripeEvent',
  summary: 'Get an event of Stripe',
  description: 'With its payload, what went wrong, and what came of it.',
  request: { params: eventParam },
  responses: { 200: json(eventAnswerSchema, 'The event.'), ...problems(400, 401, 403, 404) },
})

const replayRoute = createRoute({
  ...common,
  method: 'post',
  path: '/operator/stripe-events/{id}/replay',
  operationId: 'replayStripeEvent',
  summary: 'Process an event of Stripe again',
  description:
    'Safe at any time: an event is a hint, and what it is about is fetched as it is now. Waits for what comes of it, ten seconds at most.',
  request: { params: eventParam },
  responses: { 200: json(replaySchema, 'What came of it.'), ...problems(400, 401, 403, 404, 415) },
})

const reconcileRoute = createRoute({
  ...common,
  method: 'post',
  path: '/operator/subscriptions/{id}/reconcile',
  operationId: 'reconcileSubscription',
  summary: 'Make a subscription agree with Stripe',
  description: 'Fetches it as it is now. 409 for a free one, and while somebody else does the same.',
  request: { params: reconciledParam },
  responses: { 200: json(reconciledSchema, 'What changed.'), ...problems(400, 401, 403, 404, 409, 415) },
})
