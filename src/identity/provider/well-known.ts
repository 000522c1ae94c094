import { Hono } from 'hono'
import type { AppEnv } from '#src/http/api.ts'
import type { Auth } from '../auth.ts'
import { dpopAlgorithms } from '../guards/dpop.ts'
import { audiencesOf, issuerOf } from './resources.ts'
import { machineScopes } from './scopes.ts'

const cacheControl = 'public, max-age=300'

/**
 * The well-known documents whose paths lie outside the issuer's own: clients put them before it (RFC 8414 §3.1), behind it
 * (OpenID Connect Discovery §4), and look for those of a resource by its path (RFC 9728 §3.1).
 */
export function wellKnownRoutes({ auth, baseUrl }: { readonly auth: Auth; readonly baseUrl: string }): Hono<AppEnv> {
  const routes = new Hono<AppEnv>()
  const { pathname } = new URL(issuerOf(baseUrl))
  for (const name of ['openid-configuration', 'oauth-authorization-server']) {
    routes.on(['GET', 'OPTIONS'], `/${name}${pathname}`, (c) => {
      const url = new URL(`${pathname}/.well-known/${name}`, c.req.url)
      return auth.handler(new Request(url, { method: c.req.method }), { clientAddress: c.get('clientAddress') })
    })
  }
  // MCP clients ask for exactly what is listed. They may not meter, and without offline_access they would come back to the
  // person every five minutes.
  const { api, mcp } = audiencesOf(baseUrl)
  for (const [resource, scopes] of [
    [api, machineScopes],
    [mcp, ['usage:read', 'offline_access']],
  ] as const) {
    routes.get(`/oauth-protected-resource${new URL(resource).pathname}`, (c) =>
      c.json(
        {
          resource,
          authorization_servers: [issuerOf(baseUrl)],
          scopes_supported: scopes,
          bearer_methods_supported: ['header'],
          dpop_signing_alg_values_supported: dpopAlgorithms,
          resource_documentation: `${baseUrl}/api/docs`,
        },
        200,
        { 'cache-control': cacheControl, 'access-control-allow-origin': '*' },
      ),
    )
  }
  return routes
}
