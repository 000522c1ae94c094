import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard, operatorGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { personRoutes } from './person-routes.ts'
import { interactionRoutes, interactionsPath } from './interactions/operator-routes.ts'
import { recipientRoutes, recipientsPath } from './recipients/operator-routes.ts'
import { reportOperatorRoutes, reportsPath } from './reports/operator-routes.ts'
import { reportPersonRoutes, toldPaths } from './reports/person-routes.ts'

const personPaths = ['/favourites', '/agents/:slug/favourite', '/agents/:slug/waitlist', '/agents/:slug/install']

/** What people do around an agent, short of paying for it, by session. */
export function engagementRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guards add to the context what only the routes behind them read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  for (const path of [interactionsPath, recipientsPath, reportsPath]) {
    for (const each of [path, `${path}/*`]) guarded.use(each, consoleGuard(deps), operatorGuard(deps))
  }
  for (const path of [...personPaths, ...toldPaths]) guarded.use(path, consoleGuard(deps))
  interactionRoutes(guarded, deps)
  recipientRoutes(guarded, deps)
  reportOperatorRoutes(guarded, deps)
  personRoutes(guarded, deps)
  reportPersonRoutes(guarded, deps)
  return router
}
