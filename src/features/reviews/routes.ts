import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard, operatorGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { moderationRoutes } from './moderation/routes.ts'
import { personRoutes } from './person-routes.ts'
import { publicRoutes } from './public-routes.ts'

/** Reviews of agents: read by anybody, written by session. */
export function reviewRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  publicRoutes(router, deps)
  // The guards add to the context what only the routes behind them read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  for (const path of ['/agents/:slug/review', '/agents/:slug/reviews/:id/*']) guarded.use(path, consoleGuard(deps))
  guarded.use('/operator/reviews/*', consoleGuard(deps), operatorGuard(deps))
  personRoutes(guarded, deps)
  moderationRoutes(guarded, deps)
  return router
}
