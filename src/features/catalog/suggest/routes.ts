import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { etag } from 'hono/etag'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { createApiRouter, problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { problemResponse } from '#src/http/problem.ts'
import { networkOf } from '#src/identity/index.ts'
import type { Reader } from '../reader.ts'
import { suggestionQuery, suggestionsSchema } from './schema.ts'
import { suggest } from './suggest.ts'

/** A minute: typing the same beginning again asks nobody. */
const cacheControl = 'public, max-age=60, stale-while-revalidate=300'
/**
 * From one network: what thirty people type who share an address. Counted in each process alone, because a count in the database
 * would cost more than the answer.
 */
const askedMax = { points: 600, duration: 10 }

/** `/suggestions`, for whoever is typing. */
export function suggestionRoutes(deps: { readonly db: Reader }): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  const limiter = new RateLimiterMemory(askedMax)
  router.use('/suggestions', etag({ weak: true }), async (c, next) => {
    const address: string | undefined = c.get('clientAddress')
    const isTooMuch = address !== undefined && (await limiter.consume(networkOf(address)).then(isWithin, isBeyond))
    if (isTooMuch) return problemResponse({ code: 'rate_limited', requestId: c.get('requestId') })
    await next()
    if (c.res.status < 400) c.res.headers.set('cache-control', cacheControl)
    return undefined
  })
  router.openapi(suggestionsRoute, async (c) => c.json(await suggest(deps, c.req.valid('query').q), 200))
  return router
}

const isWithin = (): boolean => false
function isBeyond(refusal: unknown): boolean {
  if (refusal instanceof RateLimiterRes) return true
  throw refusal
}

const suggestionsRoute = createRoute({
  method: 'get',
  path: '/suggestions',
  operationId: 'suggestAgents',
  tags: ['Catalogue'],
  summary: 'Suggest while somebody types',
  description: 'By prefix; misspelt words are corrected only when nothing begins as typed.',
  request: { query: suggestionQuery },
  responses: {
    200: { description: 'Suggestions.', content: { 'application/json': { schema: suggestionsSchema } } },
    ...problems(400, 429),
  },
})
