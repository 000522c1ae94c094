import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { createApiRouter } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { consoleGuard } from '#src/identity/index.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { addonRoutes } from './buyers/addon-routes.ts'
import { changeRoutes } from './buyers/change-routes.ts'
import { payingRoutes } from './buyers/paying-routes.ts'
import { takeTurn } from './take-turn.ts'
import { subscriptionRoutes } from './buyers/subscription-routes.ts'

/** Not `/subscriptions/{id}/usage`: that is read with a token. */
const paths = [
  '/subscriptions',
  '/subscriptions/:id',
  '/subscriptions/:id/change',
  '/subscriptions/:id/change/preview',
  '/subscriptions/:id/cancel',
  '/subscriptions/:id/resume',
  '/subscriptions/:id/addons',
  '/subscriptions/:id/addons/:addonId',
  '/invoices',
  '/billing-details',
  '/billing-portal',
]

/** What people do about what they pay for, by their session: no agent's token ever spends money. */
export function buyerRoutes(deps: Deps): OpenAPIHono<AppEnv> {
  const router = createApiRouter()
  // The guard adds to the context what only the routes behind it read; the types can’t say that.
  const guarded = router as unknown as OpenAPIHono<ConsoleEnv>
  for (const path of paths) {
    guarded.use(path, consoleGuard(deps))
    guarded.use(path, async (c, next) => {
      await takeTurn(deps, c.get('person').id)
      return next()
    })
  }
  subscriptionRoutes(guarded, deps)
  changeRoutes(guarded, deps)
  addonRoutes(guarded, deps)
  payingRoutes(guarded, deps)
  return router
}
