import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter, problems, problemSchema } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { audiencesOf, tokenGuard } from '#src/identity/index.ts'
import type { TokenEnv } from '#src/identity/index.ts'
import { historyRoutes } from './history/routes.ts'
import { meterRoutes } from './meters/routes.ts'
import { refundRoutes } from './refunds/routes.ts'
import { reservationRoutes } from './reservations/routes.ts'
import { checkUsage, reportBatch, reportUsage } from './report-usage.ts'
import { batchAnswerSchema, conflictExample, decisionExamples, decisionSchema } from './routes.schema.ts'
import { usageBatch, usageQuestion, usageReport } from './schema.ts'

const security = [{ bearer: [] }]
const tags = ['Usage']
const noStore = { 'cache-control': 'no-store' }

const report = createRoute({
  method: 'post',
  path: '/usage',
  operationId: 'reportUsage',
  tags,
  security,
  summary: 'Use something, if the person may',
  description:
    'Decides and records in one step: when the answer says `allowed`, the entry, its idempotency key and the counter are committed. Never over the limit, never counted twice. A denial is an answer (200), not an error. After a lost answer send the same `clientReqId` again.',
  request: { body: { required: true, content: { 'application/json': { schema: usageReport } } } },
  responses: {
    200: {
      description: 'The decision.',
      content: { 'application/json': { schema: decisionSchema, examples: decisionExamples } },
    },
    ...problems(400, 401, 403, 404, 422, 429, 503, 504),
    409: {
      description: 'The id was used for something else, here or at another agent. Nothing about it is said.',
      content: { 'application/problem+json': { schema: problemSchema, example: conflictExample } },
    },
  },
})

const batch = createRoute({
  method: 'post',
  path: '/usage/batch',
  operationId: 'reportUsageBatch',
  tags,
  security,
  summary: 'Report many at once',
  description:
    'Up to 1,000 events of the agent’s backend, each decided and answered by itself, in their order. 503 answers for all: some may be recorded, and sending the same events again is safe.',
  request: { body: { required: true, content: { 'application/json': { schema: usageBatch } } } },
  responses: {
    200: { description: 'One result per event.', content: { 'application/json': { schema: batchAnswerSchema } } },
    ...problems(400, 401, 403, 413, 503, 504),
  },
})

const check = createRoute({
  method: 'post',
  path: '/usage/check',
  operationId: 'checkUsage',
  tags,
  security,
  summary: 'Ask what a use would be answered',
  description: 'The same decision with nothing recorded. What is free now may be taken by others before you report.',
  request: { body: { required: true, content: { 'application/json': { schema: usageQuestion } } } },
  responses: {
    200: { description: 'The decision.', content: { 'application/json': { schema: decisionSchema } } },
    ...problems(400, 401, 403, 404, 422, 429, 503, 504),
  },
})

type RouteDeps = Pick<Deps, 'auth' | 'baseUrl' | 'config' | 'db' | 'jobs' | 'log' | 'usage' | 'liftLinks'>

const writing = ['/usage', '/usage/batch', '/usage/refund', '/reservations', '/reservations/*']
const reading = ['/usage/ledger', '/subscriptions/:id/usage']

/** Metering, for agents. */
export function usageRoutes(deps: RouteDeps): OpenAPIHono<AppEnv> {
  const router = createApiRouter<TokenEnv>()
  const guard = { tokens: deps.auth.tokens, resource: audiencesOf(deps.baseUrl).api }
  router.on('POST', writing, tokenGuard({ ...guard, scopes: ['usage:write'] }))
  router.on('POST', ['/usage/check'], tokenGuard({ ...guard, scopes: ['usage:read'] }))
  router.on('GET', reading, tokenGuard({ ...guard, scopes: ['usage:read'] }))
  router.openapi(report, async (c) =>
    c.json(await reportUsage(deps, c.get('token'), c.req.valid('json')), 200, noStore),
  )
  router.openapi(check, async (c) => c.json(await checkUsage(deps, c.get('token'), c.req.valid('json')), 200, noStore))
  router.openapi(batch, async (c) => {
    const results = await reportBatch(deps, c.get('token'), c.req.valid('json').events)
    return c.json({ results }, 200, noStore)
  })
  reservationRoutes(router, deps)
  refundRoutes(router, deps)
  meterRoutes(router, deps)
  historyRoutes(router, deps)
  // What the guard adds to the context is this router’s own matter; the types can’t say that.
  return router as unknown as OpenAPIHono<AppEnv>
}
