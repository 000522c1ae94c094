import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { reasonSchema } from '../refunds/schema.ts'
import { ownAddonParam } from '../schema.ts'
import { removeAddon } from './remove-addon.ts'

/** `/operator/subscriptions/{id}/addons/…`: the end of what is billed with a subscription. */
export function addonOperatorRoutes(router: ConsoleRouter, deps: Deps): void {
  router.openapi(removeRoute, async (c) => {
    const { id: subscriptionId, addonId } = c.req.valid('param')
    const by = { kind: 'operator', userId: c.get('person').id, reason: c.req.valid('json').reason } as const
    const { removedAt, givenBackMinor } = await removeAddon(deps, { subscriptionId, addonId, by })
    return c.json({ removedAt: removedAt.toISOString(), givenBackMinor }, 200)
  })
}

const removalSchema = z.strictObject({ reason: reasonSchema }).openapi('AddonRemoval')

const removedSchema = z
  .object({
    removedAt: z.iso.datetime(),
    givenBackMinor: z.literal(0).openapi({ description: 'What was paid for the period is not given back by this.' }),
  })
  .openapi('RemovedAddonByOperator')

const removeRoute = createRoute({
  tags: ['Operating: subscriptions'],
  security: signedIn,
  method: 'post',
  path: '/operator/subscriptions/{id}/addons/{addonId}/remove',
  operationId: 'removeBilledAddon',
  summary: 'Remove an add-on that is billed with its subscription',
  description: 'At once: it counts no more and is not billed any more. Money is given back by a refund, if at all.',
  request: { params: ownAddonParam, ...jsonBody(removalSchema) },
  responses: { 200: jsonAnswer(removedSchema, 'It is removed.'), ...writeProblems, ...problems(503) },
})
