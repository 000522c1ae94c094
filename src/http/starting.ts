import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import type { AppEnv } from './api.ts'
import { problemResponse } from './problem.ts'
import { securityHeaders } from './security-headers.ts'
import { staticPage } from './static-page.ts'
import { newId } from '#src/lib/ids.ts'

/** Answers while the process is still opening its database: alive, not ready, come back in a moment. */
export function createStartingApp({ isHttps }: { readonly isHttps: boolean }): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(requestId({ generator: newId, limitLength: 64 }))
  app.use(securityHeaders({ isHttps, isDevelopment: false }))
  app.use(async (c, next) => {
    await next()
    c.res.headers.set('x-request-id', c.get('requestId'))
  })
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => c.json({ status: 'starting' }, 503, { 'retry-after': '1' }))
  app.all('/api/*', (c) =>
    problemResponse({ code: 'unavailable', requestId: c.get('requestId'), details: { detail: 'Starting.' } }),
  )
  app.all('*', (c) => staticPage({ reason: 'starting', nonce: c.get('secureHeadersNonce') ?? '' }))
  return app
}
