import { Hono } from 'hono'
import type { AppEnv } from './api.ts'
import { problemResponse } from './problem.ts'
import { securityHeaders } from './security-headers.ts'
import { unavailablePage } from './unavailable-page.ts'
import { newId } from '#src/lib/ids.ts'

/** Answers while the process is still opening its database: alive, not ready, come back in a moment. */
export function createStartingApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(securityHeaders({ isHttps: false, isDevelopment: false }))
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => c.json({ status: 'starting' }, 503, { 'retry-after': '1' }))
  app.all('/api/*', () =>
    problemResponse({ code: 'unavailable', requestId: newId(), details: { detail: 'Starting.' } }),
  )
  app.all('*', (c) => unavailablePage({ reason: 'starting', nonce: c.get('secureHeadersNonce') ?? '' }))
  return app
}
