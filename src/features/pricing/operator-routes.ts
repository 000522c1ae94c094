import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { problems } from '#src/http/api.ts'
import { adjustUsage } from './adjustments/adjust-usage.ts'
import { grantAddon } from './addons/grant-addon.ts'
import type { AddonChange } from './addons/grant-addon.ts'
import { listAddons } from './addons/read-addons.ts'
import { revokeAddon } from './addons/revoke-addon.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from './console-routes.ts'
import type { ConsoleRouter } from './console-routes.ts'
import {
  addonChangeSchema,
  addonListSchema,
  addonParam,
  adjustmentAnswerSchema,
  adjustmentSchema,
  newAddonSchema,
  revocationSchema,
  subscriptionParam,
} from './operator.schema.ts'

/** `/operator/subscriptions/{id}/…`: what an operator does about the limits and the counters of one subscription. */
export function operatorRoutes(router: ConsoleRouter, deps: Pick<Deps, 'db' | 'config' | 'newId'>): void {
  router.openapi(listRoute, async (c) => c.json({ items: await listAddons(deps.db, c.req.valid('param').id) }, 200))
  router.openapi(grantRoute, async (c) => {
    const { id, reason, preview, ...grant } = c.req.valid('json')
    const source = { kind: 'admin_grant', operatorId: c.get('person').id, reason } as const
    const change = await grantAddon(deps, {
      ...grant,
      id: id ?? deps.newId(),
      subscriptionId: c.req.valid('param').id,
      source,
      isPreview: preview,
    })
    return c.json(answerOf(change, preview), 200)
  })
  router.openapi(revokeRoute, async (c) => {
    const { id: subscriptionId, addonId } = c.req.valid('param')
    const { reason, preview } = c.req.valid('json')
    const operatorId = c.get('person').id
    const change = await revokeAddon(deps, { subscriptionId, addonId, operatorId, reason, isPreview: preview })
    return c.json(answerOf(change, preview), 200)
  })
  router.openapi(adjustRoute, async (c) => {
    const { preview, ...adjust } = c.req.valid('json')
    const { isReplayed, ...adjustment } = await adjustUsage(deps, {
      ...adjust,
      subscriptionId: c.req.valid('param').id,
      operatorId: c.get('person').id,
      isPreview: preview,
    })
    return c.json({ ...adjustment, replayed: isReplayed, preview }, 200)
  })
}

function answerOf({ addon, before, after, isReplayed }: AddonChange, preview: boolean) {
  return { addon, before, after, replayed: isReplayed, preview }
}

const path = '/operator/subscriptions/{id}'
const common = { tags: ['Operating: subscriptions'], security: signedIn }

const listRoute = createRoute({
  ...common,
  method: 'get',
  path: `${path}/addons`,
  operationId: 'listAddons',
  summary: 'List add-ons of a subscription',
  description: 'Live ones first, newest first, 200 at most.',
  request: { params: subscriptionParam },
  responses: { 200: jsonAnswer(addonListSchema, 'Its add-ons.'), ...readProblems },
})

const grantRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/addons`,
  operationId: 'grantAddon',
  summary: 'Grant an add-on',
  description: 'Raises the limit of one metric at once. With `preview`, says what it would be.',
  request: { params: subscriptionParam, ...jsonBody(newAddonSchema) },
  responses: { 200: jsonAnswer(addonChangeSchema, 'The meter before and after.'), ...writeProblems },
})

const revokeRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/addons/{addonId}/revoke`,
  operationId: 'revokeAddon',
  summary: 'Revoke an add-on',
  description:
    'Granted, or bought once; what was used stays used. Money is not given back by this. What is billed with the subscription is removed instead.',
  request: { params: addonParam, ...jsonBody(revocationSchema) },
  responses: { 200: jsonAnswer(addonChangeSchema, 'The meter before and after.'), ...writeProblems },
})

const adjustRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/adjustments`,
  operationId: 'adjustUsage',
  summary: 'Set right what was counted wrongly',
  description:
    'Without `entryId` the present counter or the level of a gauge goes up or down; with it an entry of the ledger is taken back, wholly or in part, where it counts now. It is an entry of its own, never below 0 or what reservations hold (422 `below_zero`).',
  request: { params: subscriptionParam, ...jsonBody(adjustmentSchema) },
  responses: { 200: jsonAnswer(adjustmentAnswerSchema, 'What was adjusted.'), ...writeProblems, ...problems(422) },
})
