import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { subscriptionStatuses } from '#src/db/schema/business.ts'
import { problems } from '#src/http/api.ts'
import type { TokenEnv } from '#src/identity/index.ts'
import { decisionExamples, meterStateSchema } from '../routes.schema.ts'
import { idParam } from '../schema.ts'
import { readSubscriptionUsage } from './read-meters.ts'

const meterSchema = meterStateSchema
  .extend({
    displayName: z.string(),
    unit: z.string(),
    kind: z.enum(['counter', 'gauge']),
    held: z.int().openapi({ description: 'How much of `used` is only reserved.' }),
  })
  .openapi('SubscriptionMeter')

const usageSchema = z
  .object({
    subscriptionId: z.uuid(),
    userId: z.string(),
    status: z.enum(subscriptionStatuses),
    tier: z.object({ id: z.uuid(), name: z.string(), isFree: z.boolean() }),
    meters: z
      .array(meterSchema)
      .readonly()
      .openapi({ description: 'In the publisher’s order; empty once the subscription has ended.' }),
  })
  .openapi('SubscriptionUsage')

const { entryId: _, allowed: __, subscriptionId, ...meter } = decisionExamples.allowed.value
const value = {
  subscriptionId,
  userId: 'b1b6f0de-8f3a-4d0e-9f43-0a5b6c7d8e9f',
  status: 'active' as const,
  tier: { id: '3d7c2a10-1f4b-4e0f-8a9e-2b3c4d5e6f70', name: 'Free', isFree: true },
  meters: [{ ...meter, displayName: 'Messages', unit: 'message', kind: 'counter' as const, held: 0 }],
}

const read = createRoute({
  method: 'get',
  path: '/subscriptions/{id}/usage',
  operationId: 'readSubscriptionUsage',
  tags: ['Usage'],
  security: [{ bearer: [] }],
  summary: 'Read where a subscription stands',
  description: 'All metrics of the agent. A person’s own token reads that person’s subscription only.',
  request: { params: idParam },
  responses: {
    200: {
      description: 'The meters.',
      content: { 'application/json': { schema: usageSchema, examples: { meters: { summary: 'Meters', value } } } },
    },
    ...problems(400, 401, 403, 404, 503, 504),
  },
})

/** `/subscriptions/{id}/usage`. The router’s guard has read the token. */
export function meterRoutes(router: OpenAPIHono<TokenEnv>, deps: Pick<Deps, 'config' | 'db'>): void {
  router.openapi(read, async (c) =>
    c.json(await readSubscriptionUsage(deps, c.get('token'), c.req.valid('param').id), 200, {
      'cache-control': 'no-store',
    }),
  )
}
