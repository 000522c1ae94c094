import { Hono } from 'hono'
import type { AppEnv } from '#src/http/api.ts'
import { takeIn } from './take-in.ts'
import type { IntakeDeps } from './take-in.ts'

/** `POST /stripe`. The body is taken as it came: what is signed are its bytes. Its length is limited by the app. */
export function webhookRoutes(deps: IntakeDeps): Hono<AppEnv> {
  const router = new Hono<AppEnv>()
  router.post('/stripe', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer())
    await takeIn(deps, { body, signature: c.req.header('stripe-signature') })
    return c.json({ received: true })
  })
  return router
}
