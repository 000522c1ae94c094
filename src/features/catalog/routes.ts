import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { etag } from 'hono/etag'
import type { Database } from '#src/db/client.ts'
import { createApiRouter, problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { AppError } from '#src/lib/errors.ts'
import { getAgent } from './get-agent.ts'
import { listTags } from './list-tags.ts'
import { agentDetailSchema, slugSchema } from './schema.ts'
import { agentListQuery, agentListSchema, tagListQuery, tagListSchema } from './routes.schema.ts'
import { searchAgents } from './search-agents.ts'
import type { SearchResult } from './search-agents.ts'
import { suggestionRoutes } from './suggest/routes.ts'
import { decodeTagCursor, encodeTagCursor } from './tag-cursor.ts'

/** Half a minute: what changes in the catalogue may show that late, and a busy list is asked of the database once. */
const cacheControl = 'public, max-age=30, stale-while-revalidate=60'

/** The public catalogue, read only: `/agents`, `/agents/{slug}`, `/tags`. */
export function catalogRoutes(deps: { readonly db: Database }): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  for (const path of ['/agents', '/agents/*', '/tags'] as const) {
    router.use(path, etag({ weak: true }), async (c, next) => {
      await next()
      if (c.res.status < 400) c.res.headers.set('cache-control', cacheControl)
    })
  }

  router.openapi(listAgentsRoute, async (c) => {
    const { tag, price, trial, verified, status, exact, facets, explain, cursor, ...asked } = c.req.valid('query')
    const found = await searchAgents(deps, {
      ...asked,
      cursor,
      tags: tag,
      prices: price,
      hasTrial: trial,
      isVerified: verified,
      statuses: status,
      isExact: exact,
      withFacets: facets,
      withReasons: explain,
    })
    return c.json(
      {
        items: found.items,
        nextCursor: found.nextCursor ?? null,
        previousCursor: found.previousCursor ?? null,
        correction: found.correction ?? null,
        ...facetsOf(found),
      },
      200,
    )
  })

  router.openapi(getAgentRoute, async (c) => {
    const { slug } = c.req.valid('param')
    const found = await getAgent(deps, slug)
    if (found.kind === 'moved') return c.redirect(c.req.path.replace(/[^/]+$/, found.slug), 301)
    if (found.kind === 'missing') throw new AppError('not_found', { slug })
    return c.json(found.agent, 200)
  })

  router.route('/', suggestionRoutes(deps))
  router.openapi(listTagsRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor === undefined ? undefined : decodeTagCursor(cursor)
    const { items, next } = await listTags(deps, { after, limit })
    return c.json({ items, nextCursor: next === undefined ? null : encodeTagCursor(next) }, 200)
  })
  return router
}

function facetsOf({ facets }: SearchResult): Pick<z.infer<typeof agentListSchema>, 'total' | 'facets'> {
  if (facets === undefined) return {}
  const { total, ...counts } = facets
  return { total, facets: counts }
}

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

const listAgentsRoute = createRoute({
  method: 'get',
  path: '/agents',
  operationId: 'listAgents',
  tags: ['Catalogue'],
  summary: 'Find agents',
  description:
    'Words that no agent has are corrected (see `correction`). Results are keyset-paged: rows added meanwhile neither repeat nor hide others. A search takes two or three seconds at most; what takes longer is answered with 504 and should ask for less.',
  request: { query: agentListQuery },
  responses: { 200: json(agentListSchema, 'A page of agents.'), ...problems(400, 504) },
})

const getAgentRoute = createRoute({
  method: 'get',
  path: '/agents/{slug}',
  operationId: 'getAgent',
  tags: ['Catalogue'],
  summary: 'Read one agent',
  request: { params: z.strictObject({ slug: slugSchema.openapi({ example: 'openhands' }) }) },
  responses: {
    200: json(agentDetailSchema, 'The agent.'),
    301: { description: 'The agent has another slug now; see Location.' },
    ...problems(400, 404),
  },
})

const listTagsRoute = createRoute({
  method: 'get',
  path: '/tags',
  operationId: 'listTags',
  tags: ['Catalogue'],
  summary: 'List tags',
  description: 'By slug. For counts, ask `/agents?facets=true`.',
  request: { query: tagListQuery },
  responses: { 200: json(tagListSchema, 'A page of tags.'), ...problems(400) },
})
