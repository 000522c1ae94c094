import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard, operatorGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { metricRoutes } from './metrics/routes.ts'
import { operatorRoutes } from './operator-routes.ts'
import { tierRoutes } from './tiers/routes.ts'

/** What publishers and operators do with prices and quotas, by their session: `/publisher/agents/{slug}/…`, `/operator/…`. */
export function pricingRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guards add to the context what only the routes behind them read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  guarded.use('/publisher/*', consoleGuard(deps))
  guarded.use('/operator/*', consoleGuard(deps), operatorGuard(deps))
  router.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: `${deps.baseUrl.startsWith('https:') ? '__Host-rialto' : 'rialto'}.session_token`,
    description: 'Of whoever is signed in at the marketplace. What changes something must come from its own origin.',
  })
  metricRoutes(guarded, deps)
  tierRoutes(guarded, deps)
  operatorRoutes(guarded, deps)
  return router
}
