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
import { metricEditSchema, metricOrderSchema, metricSchema, metricSlugSchema, newMetricSchema } from '../schema.ts'
import { archiveMetric, unarchiveMetric } from './archive-metric.ts'
import { createMetric } from './create-metric.ts'
import { deleteMetric } from './delete-metric.ts'
import { editMetric } from './edit-metric.ts'
import { orderMetrics } from './order-metrics.ts'
import { listMetrics, toMetric } from './read-metrics.ts'

/** `/publisher/agents/{agent}/metrics…`: what an agent counts. */
export function metricRoutes(router: ConsoleRouter, { db }: Pick<Deps, 'db'>): void {
  router.openapi(listRoute, async (c) => {
    const by = await asReader(c, { db, slug: c.req.valid('param').agent })
    return c.json({ items: (await listMetrics(db, by.agentId)).map(toMetric) }, 200)
  })
  router.openapi(createMetricRoute, async (c) => {
    const by = await asManager(c, { db, slug: c.req.valid('param').agent })
    return c.json(await createMetric({ db }, { by, metric: c.req.valid('json') }), 201)
  })
  router.openapi(orderRoute, async (c) => {
    const by = await asManager(c, { db, slug: c.req.valid('param').agent })
    return c.json({ items: [...(await orderMetrics({ db }, { by, slugs: c.req.valid('json').metrics }))] }, 200)
  })
  router.openapi(editRoute, async (c) => {
    const { agent, metric } = c.req.valid('param')
    const by = await asManager(c, { db, slug: agent })
    return c.json(await editMetric({ db }, { by, slug: metric, edit: c.req.valid('json') }), 200)
  })
  router.openapi(archiveRoute, async (c) => {
    const { agent, metric } = c.req.valid('param')
    return c.json(await archiveMetric({ db }, { by: await asManager(c, { db, slug: agent }), slug: metric }), 200)
  })
  router.openapi(unarchiveRoute, async (c) => {
    const { agent, metric } = c.req.valid('param')
    return c.json(await unarchiveMetric({ db }, { by: await asManager(c, { db, slug: agent }), slug: metric }), 200)
  })
  router.openapi(deleteRoute, async (c) => {
    const { agent, metric } = c.req.valid('param')
    await deleteMetric({ db }, { by: await asManager(c, { db, slug: agent }), slug: metric })
    return c.body(null, 204)
  })
}

const path = '/publisher/agents/{agent}/metrics'
const ofAgent = z.strictObject({ agent: agentParam })
const ofMetric = z.strictObject({ agent: agentParam, metric: metricSlugSchema })
const common = { tags: ['Publishing: metrics'], security: signedIn }
const metricList = z.object({ items: z.array(metricSchema) }).openapi('MetricList')

const listRoute = createRoute({
  ...common,
  method: 'get',
  path,
  operationId: 'listMetrics',
  summary: 'List metrics',
  description: 'In the order they are shown, archived ones last.',
  request: { params: ofAgent },
  responses: { 200: jsonAnswer(metricList, 'All metrics of the agent.'), ...readProblems },
})

const createMetricRoute = createRoute({
  ...common,
  method: 'post',
  path,
  operationId: 'createMetric',
  summary: 'Add a metric',
  request: { params: ofAgent, ...jsonBody(newMetricSchema) },
  responses: { 201: jsonAnswer(metricSchema, 'The metric, after the agent’s others.'), ...writeProblems },
})

const orderRoute = createRoute({
  ...common,
  method: 'put',
  path: `${path}/order`,
  operationId: 'orderMetrics',
  summary: 'Order metrics',
  description: 'Names every metric in use once; else 409 with those there are.',
  request: { params: ofAgent, ...jsonBody(metricOrderSchema) },
  responses: { 200: jsonAnswer(metricList, 'In their new order.'), ...writeProblems },
})

const editRoute = createRoute({
  ...common,
  method: 'patch',
  path: `${path}/{metric}`,
  operationId: 'editMetric',
  summary: 'Edit a metric',
  description: 'Name, unit and thresholds. What it counts, slug and kind, never changes.',
  request: { params: ofMetric, ...jsonBody(metricEditSchema) },
  responses: { 200: jsonAnswer(metricSchema, 'The metric as it is now.'), ...writeProblems },
})

const archiveRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/{metric}/archive`,
  operationId: 'archiveMetric',
  summary: 'Archive a metric',
  description: 'For new tiers it is gone; what was counted stays. 409 while a tier on offer includes it.',
  request: { params: ofMetric },
  responses: { 200: jsonAnswer(metricSchema, 'The archived metric.'), ...writeProblems },
})

const unarchiveRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/{metric}/unarchive`,
  operationId: 'unarchiveMetric',
  summary: 'Put an archived metric back into use',
  request: { params: ofMetric },
  responses: { 200: jsonAnswer(metricSchema, 'The metric, in use again.'), ...writeProblems },
})

const deleteRoute = createRoute({
  ...common,
  method: 'delete',
  path: `${path}/{metric}`,
  operationId: 'deleteMetric',
  summary: 'Delete a metric that was never used',
  description: 'The way out after a typing mistake. 409 when a tier includes it or anything was ever counted.',
  request: { params: ofMetric },
  responses: { 204: { description: 'It is gone.' }, ...writeProblems },
})
