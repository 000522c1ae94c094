import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import {
  agentParam,
  asManager,
  asReader,
  jsonAnswer,
  jsonBody,
  readProblems,
  signedIn,
  writeProblems,
} from '../console-routes.ts'
import type { ConsoleRouter } from '../console-routes.ts'
import { newTierSchema, quotaEditSchema, tierEditSchema, tierOrderSchema, tierSchema } from '../schema.ts'
import { archiveTier, unarchiveTier } from './archive-tier.ts'
import { createTier } from './create-tier.ts'
import { deleteTier } from './delete-tier.ts'
import { editTier } from './edit-tier.ts'
import { orderTiers } from './order-tiers.ts'
import { describeTiers, listTiers } from './read-tiers.ts'
import { setQuotas } from './set-quotas.ts'

/** `/publisher/agents/{agent}/tiers…`: what an agent costs and includes. */
export function tierRoutes(router: ConsoleRouter, { db }: Pick<Deps, 'db'>): void {
  router.openapi(listRoute, async (c) => {
    const by = await asReader(c, { db, slug: c.req.valid('param').agent })
    return c.json({ items: await describeTiers(db, await listTiers(db, by.agentId)) }, 200)
  })
  router.openapi(createTierRoute, async (c) => {
    const by = await asManager(c, { db, slug: c.req.valid('param').agent })
    return c.json(await createTier({ db }, { by, tier: c.req.valid('json') }), 201)
  })
  router.openapi(orderRoute, async (c) => {
    const by = await asManager(c, { db, slug: c.req.valid('param').agent })
    return c.json({ items: [...(await orderTiers({ db }, { by, tierIds: c.req.valid('json').tiers }))] }, 200)
  })
  router.openapi(editRoute, async (c) => {
    const { agent, id } = c.req.valid('param')
    const by = await asManager(c, { db, slug: agent })
    return c.json(await editTier({ db }, { by, tierId: id, edit: c.req.valid('json') }), 200)
  })
  router.openapi(quotasRoute, async (c) => {
    const { agent, id } = c.req.valid('param')
    const by = await asManager(c, { db, slug: agent })
    return c.json(await setQuotas({ db }, { by, tierId: id, edit: c.req.valid('json') }), 200)
  })
  router.openapi(archiveRoute, async (c) => {
    const { agent, id } = c.req.valid('param')
    return c.json(await archiveTier({ db }, { by: await asManager(c, { db, slug: agent }), tierId: id }), 200)
  })
  router.openapi(unarchiveRoute, async (c) => {
    const { agent, id } = c.req.valid('param')
    return c.json(await unarchiveTier({ db }, { by: await asManager(c, { db, slug: agent }), tierId: id }), 200)
  })
  router.openapi(deleteRoute, async (c) => {
    const { agent, id } = c.req.valid('param')
    await deleteTier({ db }, { by: await asManager(c, { db, slug: agent }), tierId: id })
    return c.body(null, 204)
  })
}

const path = '/publisher/agents/{agent}/tiers'
const ofAgent = z.strictObject({ agent: agentParam })
const ofTier = z.strictObject({
  agent: agentParam,
  id: z.uuid().openapi({ description: 'Of any version of the tier; what is changed is always the newest.' }),
})
const common = { tags: ['Publishing: tiers'], security: signedIn }
const tierList = z.object({ items: z.array(tierSchema) }).openapi('TierList')

const listRoute = createRoute({
  ...common,
  method: 'get',
  path,
  operationId: 'listTiers',
  summary: 'List tiers',
  description: 'The newest version of each, in the order they are shown, archived ones last.',
  request: { params: ofAgent },
  responses: { 200: jsonAnswer(tierList, 'All tiers of the agent.'), ...readProblems },
})

const createTierRoute = createRoute({
  ...common,
  method: 'post',
  path,
  operationId: 'createTier',
  summary: 'Add a tier',
  description: 'It is on offer at once, to whoever sees the agent.',
  request: { params: ofAgent, ...jsonBody(newTierSchema) },
  responses: { 201: jsonAnswer(tierSchema, 'The tier, after the agent’s others.'), ...writeProblems },
})

const orderRoute = createRoute({
  ...common,
  method: 'put',
  path: `${path}/order`,
  operationId: 'orderTiers',
  summary: 'Order tiers',
  description: 'Names every tier on offer once; else 409 with those there are.',
  request: { params: ofAgent, ...jsonBody(tierOrderSchema) },
  responses: { 200: jsonAnswer(tierList, 'In their new order.'), ...writeProblems },
})

const editRoute = createRoute({
  ...common,
  method: 'patch',
  path: `${path}/{id}`,
  operationId: 'editTier',
  summary: 'Edit a tier',
  description:
    'Name, description, trial and recommendation change at once. Price and intervals do while nobody ever had the tier or began to buy it; else the answer is a new version, and subscribers keep the present one until their first billing period that begins at least 14 days after they were told.',
  request: { params: ofTier, ...jsonBody(tierEditSchema) },
  responses: { 200: jsonAnswer(tierSchema, 'The version on offer now.'), ...writeProblems },
})

const quotasRoute = createRoute({
  ...common,
  method: 'patch',
  path: `${path}/{id}/quotas`,
  operationId: 'setQuotas',
  summary: 'Set what a tier includes',
  description:
    'Metrics that are not named stay as they are. More acts at once, for subscribers too. Less, once somebody has the tier, is a new version that reaches subscribers with their first usage period that begins at least 14 days after they were told.',
  request: { params: ofTier, ...jsonBody(quotaEditSchema) },
  responses: { 200: jsonAnswer(tierSchema, 'The version on offer now.'), ...writeProblems },
})

const archiveRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/{id}/archive`,
  operationId: 'archiveTier',
  summary: 'Take a tier off offer',
  description: 'Who has it keeps it.',
  request: { params: ofTier },
  responses: { 200: jsonAnswer(tierSchema, 'The archived tier.'), ...writeProblems },
})

const unarchiveRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/{id}/unarchive`,
  operationId: 'unarchiveTier',
  summary: 'Put an archived tier on offer again',
  request: { params: ofTier },
  responses: { 200: jsonAnswer(tierSchema, 'The tier, on offer again.'), ...writeProblems },
})

const deleteRoute = createRoute({
  ...common,
  method: 'delete',
  path: `${path}/{id}`,
  operationId: 'deleteTier',
  summary: 'Delete a tier that nobody ever had',
  description: '409 for one with history: archive it.',
  request: { params: ofTier },
  responses: { 204: { description: 'It is gone.' }, ...writeProblems },
})
