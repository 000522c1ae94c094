import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard, operatorGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { claimOperatorRoutes, claimsPath } from './decide/operator-routes.ts'
import { claimPersonRoutes } from './person-routes.ts'

/** Claims of entries, by session: made by those whose project it is, decided by operators. */
export function claimRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guards add to the context what only the routes behind them read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  for (const path of ['/agents/:slug/claim', '/agents/:slug/claim/*']) guarded.use(path, consoleGuard(deps))
  for (const path of [claimsPath, `${claimsPath}/*`]) guarded.use(path, consoleGuard(deps), operatorGuard(deps))
  claimPersonRoutes(guarded, deps)
  claimOperatorRoutes(guarded, deps)
  return router
}
