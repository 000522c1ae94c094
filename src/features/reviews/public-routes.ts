import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { slugSchema } from '#src/features/catalog/index.ts'
import { jsonAnswer } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { AppError } from '#src/lib/errors.ts'
import { findReviewedAgent } from './agent.ts'
import type { Reader } from './agent.ts'
import { cursorCharactersMax } from './read/cursor.ts'
import { listReviews, reviewsPerPageMax } from './read/list-reviews.ts'
import { readRating } from './read/read-rating.ts'
import { reviewListSchema, reviewSorts } from './schema.ts'

/** As the catalogue's: what changes may show half a minute late. */
const cacheControl = 'public, max-age=30, stale-while-revalidate=60'

/** `GET /agents/{slug}/reviews`: what anybody may read. */
export function publicRoutes(router: OpenAPIHono<AppEnv>, { db }: { readonly db: Reader }): void {
  router.openapi(listRoute, async (c) => {
    const { slug } = c.req.valid('param')
    const found = await findReviewedAgent(db, slug)
    if (found.kind === 'missing') throw new AppError('not_found', { slug })
    if (found.kind === 'moved') return c.redirect(`/api/v1/agents/${found.slug}/reviews`, 301)
    const { items, nextCursor } = await listReviews(db, { agent: found.agent, ...c.req.valid('query') })
    const rating = await readRating(db, found.agent.id)
    return c.json({ rating, items: [...items], nextCursor: nextCursor ?? null }, 200, { 'cache-control': cacheControl })
  })
}

const listRoute = createRoute({
  method: 'get',
  path: '/agents/{slug}/reviews',
  operationId: 'listReviews',
  tags: ['Reviews'],
  summary: 'List reviews of an agent',
  description:
    'By people who signed in at the agent on two different days or more; never by its publisher’s own. `helpful` is the newest first for now.',
  request: {
    params: z.strictObject({ slug: slugSchema.openapi({ example: 'readability' }) }),
    query: z.strictObject({
      sort: z.enum(reviewSorts).default('helpful'),
      cursor: z.string().max(cursorCharactersMax).optional(),
      limit: z.coerce.number().int().min(1).max(reviewsPerPageMax).default(20),
    }),
  },
  responses: {
    200: jsonAnswer(reviewListSchema, 'A page of them, and the rating of all.'),
    301: { description: 'The agent has another slug now; see Location.' },
    ...problems(400, 404),
  },
})
