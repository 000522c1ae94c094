import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard, operatorGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { addonOperatorRoutes } from './addons/operator-routes.ts'
import { earningsOperatorRoutes } from './earnings/operator-routes.ts'
import { earningsRoutes } from './earnings/routes.ts'
import { offerRoutes } from './offers/routes.ts'
import { refundRoutes } from './refunds/operator-routes.ts'

/** What publishers sell beside tiers and what they earn, by their session: `/publisher/…`, and what operators do about it. */
export function publisherBillingRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guards add to the context what only the routes behind them read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  guarded.use('/publisher/*', consoleGuard(deps))
  guarded.use('/operator/*', consoleGuard(deps), operatorGuard(deps))
  offerRoutes(guarded, deps)
  earningsRoutes(guarded, deps)
  earningsOperatorRoutes(guarded, deps)
  refundRoutes(guarded, deps)
  addonOperatorRoutes(guarded, deps)
  return router
}
