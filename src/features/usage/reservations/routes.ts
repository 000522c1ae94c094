import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { problems, problemSchema } from '#src/http/api.ts'
import type { TokenEnv } from '#src/identity/index.ts'
import { conflictExample } from '../routes.schema.ts'
import { commitRequest, idParam, reservationRequest } from '../schema.ts'
import { commitReservation } from './commit-reservation.ts'
import type { SettlingDeps } from './commit-reservation.ts'
import { releaseReservation } from './release-reservation.ts'
import { reserveUsage } from './reserve-usage.ts'
import {
  releaseExamples,
  reservationExamples,
  reservationSchema,
  settledExample,
  settlementExamples,
  settlementSchema,
} from './routes.schema.ts'

const noStore = { 'cache-control': 'no-store' }
const shared = { tags: ['Usage'], security: [{ bearer: [] }] }

const settledOtherwise = {
  description: 'It was settled another way.',
  content: { 'application/problem+json': { schema: problemSchema, example: settledExample } },
}

const reserve = createRoute({
  ...shared,
  method: 'post',
  path: '/reservations',
  operationId: 'reserveUsage',
  summary: 'Hold units before costly work',
  description:
    'For the agent’s backend, and for counters only. What is held counts as used until it is committed, released, or lapses at `expiresAt`.',
  request: { body: { required: true, content: { 'application/json': { schema: reservationRequest } } } },
  responses: {
    200: {
      description: 'The decision; where it is allowed, with what is held.',
      content: { 'application/json': { schema: reservationSchema, examples: reservationExamples } },
    },
    409: {
      description: 'The id was used for something else.',
      content: { 'application/problem+json': { schema: problemSchema, example: conflictExample } },
    },
    ...problems(400, 401, 403, 422, 429, 503, 504),
  },
})

const commit = createRoute({
  ...shared,
  method: 'post',
  path: '/reservations/{id}/commit',
  operationId: 'commitReservation',
  summary: 'Settle a reservation for what the work took',
  description:
    'Less than was held gives the rest back. More takes the rest as far as it fits: `short` says what did not. It counts in the period of the hold. Committing again with the same amount is answered the same; with another, or once released, it is 409 `reservation_settled`.',
  request: {
    params: idParam,
    body: { required: true, content: { 'application/json': { schema: commitRequest } } },
  },
  responses: {
    200: {
      description: 'How it was settled.',
      content: { 'application/json': { schema: settlementSchema, examples: settlementExamples } },
    },
    409: settledOtherwise,
    ...problems(400, 401, 403, 404, 429, 503, 504),
  },
})

const release = createRoute({
  ...shared,
  method: 'post',
  path: '/reservations/{id}/release',
  operationId: 'releaseReservation',
  summary: 'Give back all that a reservation holds',
  description: 'Releasing again changes nothing. Once committed it is 409 `reservation_settled`.',
  request: { params: idParam },
  responses: {
    200: {
      description: 'How it was settled.',
      content: { 'application/json': { schema: settlementSchema, examples: releaseExamples } },
    },
    409: settledOtherwise,
    ...problems(400, 401, 403, 404, 429, 503, 504),
  },
})

/** Holds: `/reservations…`. The router’s guard has read the token. */
export function reservationRoutes(router: OpenAPIHono<TokenEnv>, deps: SettlingDeps): void {
  router.openapi(reserve, async (c) =>
    c.json(await reserveUsage(deps, c.get('token'), c.req.valid('json')), 200, noStore),
  )
  router.openapi(commit, async (c) => {
    const { id: reservationId } = c.req.valid('param')
    const { amount } = c.req.valid('json')
    return c.json(await commitReservation(deps, c.get('token'), { reservationId, amount }), 200, noStore)
  })
  router.openapi(release, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await releaseReservation(deps, c.get('token'), id), 200, noStore)
  })
}
