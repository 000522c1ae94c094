import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { agentClientRoutes } from '#src/features/agent-clients/index.ts'
import { buyerRoutes, eventOperatorRoutes, publisherBillingRoutes, webhookRoutes } from '#src/features/billing/index.ts'
import { catalogRoutes } from '#src/features/catalog/index.ts'
import { claimRoutes } from '#src/features/claims/index.ts'
import { engagementRoutes } from '#src/features/engagement/index.ts'
import { pricingRoutes } from '#src/features/pricing/index.ts'
import { insightRoutes } from '#src/features/insights/index.ts'
import { reviewRoutes } from '#src/features/reviews/index.ts'
import { sandboxRoutes } from '#src/features/sandbox/index.ts'
import { spendingRoutes } from '#src/features/spending/index.ts'
import { usageRoutes } from '#src/features/usage/index.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppContext, AppEnv } from '#src/http/api.ts'
import { problemResponse } from '#src/http/problem.ts'
import { RIALTO_VERSION } from '#src/version.ts'

/** Everything under /api: version 1, better-auth's own endpoints, and the document that describes them. */
export function createApi(deps: Deps, page: (c: AppContext) => Promise<Response>): OpenAPIHono<AppEnv> {
  const api = createApiRouter()
  // Before the catalogue, which lets everybody keep whatever is below /agents for a while.
  api.route('/v1', reviewRoutes(deps))
  api.route('/v1', engagementRoutes(deps))
  api.route('/v1', claimRoutes(deps))
  api.route('/v1', insightRoutes(deps))
  api.route('/v1', catalogRoutes(deps))
  api.route('/v1', agentClientRoutes(deps))
  // Before the others of operators, whose guard covers all of /operator and need not ask twice.
  api.route('/v1', sandboxRoutes(deps))
  api.route('/v1', eventOperatorRoutes(deps))
  api.route('/v1', pricingRoutes(deps))
  api.route('/v1', publisherBillingRoutes(deps))
  api.route('/v1', buyerRoutes(deps))
  api.route('/v1', spendingRoutes(deps))
  api.route('/v1', usageRoutes(deps))
  api.route('/webhooks', webhookRoutes(deps))
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  api.on(['GET', 'POST', 'OPTIONS'], '/auth/*', (c) => answerAuth(c, deps))
  api.get('/openapi.json', async (c) =>
    c.json(describeApi(api, { baseUrl: deps.baseUrl, siteName: (await deps.site.read()).name }), 200, {
      'cache-control': 'public, max-age=300',
    }),
  )
  api.get('/docs', page)
  return api
}

/** The provider's answer; what has no body of its own becomes a problem, and an outage one that says when to try again. */
async function answerAuth(c: AppContext, deps: Deps): Promise<Response> {
  const requestId = c.get('requestId')
  const answer = await deps.auth.handler(c.req.raw, { clientAddress: c.get('clientAddress') })
  if (answer.status === 404 && answer.body === null) return problemResponse({ code: 'not_found', requestId })
  // better-auth turns whatever happens inside it into a 500 of its own; a database that is away answers for itself.
  if (answer.status >= 500) await deps.pool.query('select 1')
  return answer
}

/** The OpenAPI 3.1 document of version 1; the readable page at /api/docs is made from it. */
export const describeApi = (api: OpenAPIHono<AppEnv>, { baseUrl, siteName }: { baseUrl: string; siteName: string }) =>
  api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: siteName,
      version: RIALTO_VERSION,
      description:
        'The marketplace’s HTTP API. Errors are RFC 9457 problems with a stable `code`. Lists are keyset-paged: pass `nextCursor` back as `cursor`. Signing in (OAuth 2.1, OpenID Connect) is described by its own document at `/api/auth/.well-known/openid-configuration`; any endpoint may answer 413, 429, 500 or 503 with a problem.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: `${baseUrl}/api` }],
  })
