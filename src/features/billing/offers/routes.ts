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
} from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { archiveOffer } from './archive-offer.ts'
import { createOffer } from './create-offer.ts'
import { listOffers } from './list-offers.ts'
import { newOfferSchema, offerListSchema, offerSchema } from './schema.ts'

/** `/publisher/agents/{agent}/addon-offers…`: more of a metric, for money. */
export function offerRoutes(router: ConsoleRouter, { db }: Pick<Deps, 'db'>): void {
  router.openapi(listRoute, async (c) => {
    const by = await asReader(c, { db, slug: c.req.valid('param').agent })
    return c.json({ items: await listOffers(db, by.agentId) }, 200)
  })
  router.openapi(createOfferRoute, async (c) => {
    const by = await asManager(c, { db, slug: c.req.valid('param').agent })
    return c.json(await createOffer({ db }, { by, offer: c.req.valid('json') }), 201)
  })
  router.openapi(archiveRoute, async (c) => {
    const { agent, id } = c.req.valid('param')
    return c.json(await archiveOffer({ db }, { by: await asManager(c, { db, slug: agent }), offerId: id }), 200)
  })
}

const path = '/publisher/agents/{agent}/addon-offers'
const ofAgent = z.strictObject({ agent: agentParam })
const ofOffer = z.strictObject({ agent: agentParam, id: z.uuid() })
const common = { tags: ['Publishing: add-ons'], security: signedIn }

const listRoute = createRoute({
  ...common,
  method: 'get',
  path,
  operationId: 'listAddonOffers',
  summary: 'List add-ons that can be bought',
  description: 'Those on offer first, archived ones last.',
  request: { params: ofAgent },
  responses: { 200: jsonAnswer(offerListSchema, 'All add-ons the agent ever offered.'), ...readProblems },
})

const createOfferRoute = createRoute({
  ...common,
  method: 'post',
  path,
  operationId: 'createAddonOffer',
  summary: 'Put an add-on on offer',
  description: 'Subscribers can buy it at once. It never changes: for another price, archive it and make another.',
  request: { params: ofAgent, ...jsonBody(newOfferSchema) },
  responses: { 201: jsonAnswer(offerSchema, 'The add-on, after the agent’s others.'), ...writeProblems },
})

const archiveRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/{id}/archive`,
  operationId: 'archiveAddonOffer',
  summary: 'Take an add-on off offer',
  description: 'Who has it keeps it, and is charged for it as before.',
  request: { params: ofOffer },
  responses: { 200: jsonAnswer(offerSchema, 'The archived add-on.'), ...writeProblems },
})
