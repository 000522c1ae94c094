import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { slugSchema } from '#src/features/catalog/index.ts'
import { createApiRouter, problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { AppError } from '#src/lib/errors.ts'
import { readInsights } from './read-insights.ts'

/** `/agents/{slug}/metrics`: what Rialto measured of an agent. */
export function insightRoutes({ db }: Pick<Deps, 'db'>): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  router.openapi(readRoute, async (c) => {
    const { slug } = c.req.valid('param')
    const insights = await readInsights(db, slug)
    if (insights === undefined) throw new AppError('not_found', { slug })
    c.header('cache-control', 'public, max-age=60')
    const { reachability = null, uptime, use } = insights
    return c.json({ reachability, uptime, use: use && { ...use, days: [...use.days] } }, 200)
  })
  return router
}

const isoTime = z.iso.datetime()

const insightsSchema = z
  .object({
    reachability: z
      .object({
        isReachable: z.boolean().openapi({ description: 'False after three checks in a row that were not answered.' }),
        latencyMs: z.int().nullable().openapi({ description: 'To the first byte of the last answer.' }),
        checkedAt: isoTime,
        unreachableSince: isoTime.nullable(),
      })
      .nullable()
      .openapi({ description: 'Rialto asks every five minutes. Null: it can’t be launched, or was not asked yet.' }),
    uptime: z
      .object({ answeredBp: z.int().openapi({ description: 'Basis points: 9995 is 99.95 %.' }), checks: z.int() })
      .nullable()
      .openapi({ description: 'Of the checks of the last 30 days; null where there were fewer than twelve.' }),
    use: z
      .object({
        people: z.int().openapi({ description: 'Who used it within 30 days; each once.' }),
        calls: z.int().openapi({ description: 'Reports of use by the agent on the days shown, from the ledger.' }),
        days: z.array(
          z.object({
            day: z.iso.date(),
            calls: z.int().nullable().openapi({ description: 'Null: fewer than five people used it on that day.' }),
          }),
        ),
      })
      .nullable()
      .openapi({ description: 'Without test people; null where fewer than five people used it within 30 days.' }),
  })
  .openapi('AgentMetrics')

const readRoute = createRoute({
  method: 'get',
  path: '/agents/{slug}/metrics',
  operationId: 'getAgentMetrics',
  tags: ['Catalogue'],
  summary: 'Read what was measured of an agent',
  description: 'Measured by Rialto, never told by a publisher.',
  request: { params: z.strictObject({ slug: slugSchema.openapi({ example: 'readability' }) }) },
  responses: {
    200: { description: 'The figures.', content: { 'application/json': { schema: insightsSchema } } },
    ...problems(400, 404),
  },
})
