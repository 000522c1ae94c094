import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, signedIn } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { buyAddon } from '../addons/buy-addon.ts'
import { removeAddon } from '../addons/remove-addon.ts'
import {
  boughtAddonSchema,
  newOwnAddonSchema,
  ownAddonParam,
  removedAddonSchema,
  subscriptionParam,
} from '../schema.ts'

/** `/subscriptions/{id}/addons…`: more of a metric, for money. */
export function addonRoutes(router: ConsoleRouter, deps: Deps): void {
  router.openapi(buyRoute, async (c) => {
    const { id: intentId, offerId, prorationDate } = c.req.valid('json')
    const bought = await buyAddon(deps, {
      subscriptionId: c.req.valid('param').id,
      userId: c.get('person').id,
      offerId,
      ...(intentId !== undefined && { intentId }),
      ...(prorationDate !== undefined && { prorationDate }),
    })
    return c.json(bought, 200)
  })
  router.openapi(removeRoute, async (c) => {
    const { id: subscriptionId, addonId } = c.req.valid('param')
    const by = { kind: 'person', userId: c.get('person').id } as const
    const { removedAt, ...removed } = await removeAddon(deps, { subscriptionId, addonId, by })
    return c.json({ ...removed, removedAt: removedAt.toISOString() }, 200)
  })
}

const common = { tags: ['Buying: subscriptions'], security: signedIn }
const moneyProblems = problems(400, 401, 402, 403, 404, 409, 415, 503)

const buyRoute = createRoute({
  ...common,
  method: 'post',
  path: '/subscriptions/{id}/addons',
  operationId: 'buyAddon',
  summary: 'Buy an add-on',
  description:
    'With the saved card, at once; the limit is higher when the answer is there. What is billed again and again needs a paid tier that is billed as often. 402 `payment_declined`: nothing is owed.',
  request: { params: subscriptionParam, ...jsonBody(newOwnAddonSchema) },
  responses: { 200: jsonAnswer(boughtAddonSchema, 'What came of it.'), ...moneyProblems },
})

const removeRoute = createRoute({
  ...common,
  method: 'delete',
  path: '/subscriptions/{id}/addons/{addonId}',
  operationId: 'removeAddon',
  summary: 'End an add-on that is billed again',
  description: 'At once; what was paid for the period is not given back. Ending it again changes nothing.',
  request: { params: ownAddonParam },
  responses: { 200: jsonAnswer(removedAddonSchema, 'Since when.'), ...moneyProblems },
})
