import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { problems, problemSchema } from '#src/http/api.ts'
import type { TokenEnv } from '#src/identity/index.ts'
import { conflictExample, decisionExamples, meterStateSchema } from '../routes.schema.ts'
import { refundRequest } from '../schema.ts'
import { refundUsage } from './refund-usage.ts'

const refundSchema = meterStateSchema
  .extend({
    entryId: z.uuid().openapi({ description: 'The refund’s own entry.' }),
    refersToId: z.uuid().openapi({ description: 'The entry that gave back.' }),
    subscriptionId: z
      .uuid()
      .openapi({ description: 'Where the use counts now: another than the entry’s where it moved along.' }),
    refunded: z.int().openapi({ description: 'Units given back.' }),
    left: z.int().openapi({ description: 'Units of the entry that could still be given back then.' }),
    replayed: z.literal(true).optional(),
  })
  .openapi('Refund')

const { entryId: refersToId, allowed: _, ...meter } = decisionExamples.allowed.value
const value = { ...meter, entryId: '0b8d3c1e-6a2f-4d57-9c43-7e5f1a2b3c4d', refersToId, refunded: 2, left: 1 }

const tooMuch = {
  ...conflictExample,
  title: 'This conflicts with what is already there',
  code: 'conflict',
  detail: 'An entry gives back no more than it took.',
  left: 1,
}

const refund = createRoute({
  method: 'post',
  path: '/usage/refund',
  operationId: 'refundUsage',
  tags: ['Usage'],
  security: [{ bearer: [] }],
  summary: 'Give back what was used',
  description:
    'For the agent’s backend, and for counters only. Names an entry that took units (a report or a committed reservation) and gives back all that is left of it, or `amount`; never more than it took (409 `conflict`). It counts in the period of the entry. The same `clientReqId` again is answered the same.',
  request: { body: { required: true, content: { 'application/json': { schema: refundRequest } } } },
  responses: {
    200: {
      description: 'Given back.',
      content: {
        'application/json': {
          schema: refundSchema,
          examples: {
            refunded: { summary: 'Given back', value },
            replayed: { summary: 'Replayed: the first answer again', value: { ...value, replayed: true } },
          },
        },
      },
    },
    409: {
      description: 'The id was used for something else, or that is more than is left of the entry.',
      content: {
        'application/problem+json': {
          schema: problemSchema,
          examples: {
            conflict: { summary: 'The id was used for something else', value: conflictExample },
            tooMuch: { summary: 'More than is left', value: tooMuch },
          },
        },
      },
    },
    ...problems(400, 401, 403, 404, 422, 429, 503, 504),
  },
})

/** `/usage/refund`. The router’s guard has read the token. */
export function refundRoutes(router: OpenAPIHono<TokenEnv>, deps: Pick<Deps, 'config' | 'db' | 'usage'>): void {
  router.openapi(refund, async (c) =>
    c.json(await refundUsage(deps, c.get('token'), c.req.valid('json')), 200, { 'cache-control': 'no-store' }),
  )
}
