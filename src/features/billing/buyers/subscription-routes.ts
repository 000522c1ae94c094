import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { AppError } from '#src/lib/errors.ts'
import {
  checkoutSchema,
  newSubscriptionSchema,
  pageQuery,
  subscriptionPageSchema,
  subscriptionParam,
  subscriptionSchema,
} from '../schema.ts'
import { findOwnSubscription, listOwnSubscriptions } from './own-subscriptions.ts'
import type { OwnSubscription } from './own-subscriptions.ts'
import { startSubscription } from './start-subscription.ts'

/** `/subscriptions`: what somebody has, and how they get more. */
export function subscriptionRoutes(router: ConsoleRouter, deps: Deps): void {
  const shown = (subscription: OwnSubscription) => withUrl(deps, subscription)
  router.openapi(startRoute, async (c) => {
    const { agent: agentSlug, ...input } = c.req.valid('json')
    const started = await startSubscription(deps, { userId: c.get('person').id, agentSlug, ...input })
    if (started.kind === 'subscription') return c.json(shown(started.subscription), 201)
    const { intentId, url: checkoutUrl } = started
    return c.json({ intentId, checkoutUrl, returnUrl: `${deps.baseUrl}/checkout/${intentId}` }, 202)
  })
  router.openapi(listRoute, async (c) => {
    const page = await listOwnSubscriptions(deps, { userId: c.get('person').id, ...c.req.valid('query') })
    return c.json({ items: page.items.map(shown), nextCursor: page.nextCursor }, 200)
  })
  router.openapi(readRoute, async (c) => {
    const which = { userId: c.get('person').id, subscriptionId: c.req.valid('param').id }
    return c.json(shown(await getOwnSubscription(deps, which)), 200)
  })
}

/** Throws `not_found`, also for somebody else's. */
async function getOwnSubscription(
  deps: Deps,
  which: { readonly userId: string; readonly subscriptionId: string },
): Promise<OwnSubscription> {
  const found = await findOwnSubscription(deps, which)
  if (found === undefined) throw new AppError('not_found')
  return found
}

function withUrl({ baseUrl }: Pick<Deps, 'baseUrl'>, { agent, ...subscription }: OwnSubscription) {
  const { slug, name } = agent
  return { ...subscription, agent: { slug, name }, url: `${baseUrl}/account/subscriptions/${subscription.id}` }
}

const common = { tags: ['Buying: subscriptions'], security: signedIn }

const startRoute = createRoute({
  ...common,
  method: 'post',
  path: '/subscriptions',
  operationId: 'startSubscription',
  summary: 'Subscribe to a tier',
  description:
    'A free tier begins at once (201). A paid one, also from a free subscription, is paid first (202): send the person to `checkoutUrl`. Asked again for the same tier, it is the same purchase. 409 `already_subscribed` leads to the one there is.',
  request: { ...jsonBody(newSubscriptionSchema) },
  responses: {
    201: jsonAnswer(subscriptionSchema, 'A free one, begun.'),
    202: jsonAnswer(checkoutSchema, 'Where it is paid.'),
    ...problems(400, 401, 403, 404, 409, 415, 503),
  },
})

const listRoute = createRoute({
  ...common,
  method: 'get',
  path: '/subscriptions',
  operationId: 'listSubscriptions',
  summary: 'List your subscriptions',
  description: 'Also those that are over; newest first.',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(subscriptionPageSchema, 'A page of them.'), ...readProblems },
})

const readRoute = createRoute({
  ...common,
  method: 'get',
  path: '/subscriptions/{id}',
  operationId: 'readSubscription',
  summary: 'Read one of your subscriptions',
  request: { params: subscriptionParam },
  responses: { 200: jsonAnswer(subscriptionSchema, 'The subscription.'), ...readProblems },
})
