import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { agentClientRoutes } from '#src/features/agent-clients/index.ts'
import { catalogRoutes } from '#src/features/catalog/index.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppContext, AppEnv } from '#src/http/api.ts'
import { RIALTO_VERSION } from '#src/version.ts'

/** Everything under /api: version 1, better-auth's own endpoints, and the document that describes them. */
export function createApi(deps: Deps, page: (c: AppContext) => Promise<Response>): OpenAPIHono<AppEnv> {
  const api = createApiRouter()
  api.route('/v1', catalogRoutes(deps))
  api.route('/v1', agentClientRoutes(deps))
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  api.on(['GET', 'POST'], '/auth/*', (c) => deps.auth.handler(c.req.raw, { clientAddress: c.get('clientAddress') }))
  api.get('/openapi.json', (c) =>
    c.json(describeApi(api, deps.baseUrl), 200, { 'cache-control': 'public, max-age=300' }),
  )
  api.get('/docs', page)
  return api
}

/** The OpenAPI 3.1 document of version 1; the readable page at /api/docs is made from it. */
export const describeApi = (api: OpenAPIHono<AppEnv>, baseUrl: string) =>
  api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Rialto',
      version: RIALTO_VERSION,
      description:
        'The marketplace’s HTTP API. Errors are RFC 9457 problems with a stable `code`. Lists are keyset-paged: pass `nextCursor` back as `cursor`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: `${baseUrl}/api` }],
  })
