import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { requestId } from 'hono/request-id'
import type { Deps } from '#src/deps.ts'
import { failureOf } from '#src/failures.ts'
import type { AppContext, AppEnv } from '#src/http/api.ts'
import { clientAddress, createProxyList } from '#src/http/client-address.ts'
import { compression } from '#src/http/compression.ts'
import { hostCheck } from '#src/http/host-check.ts'
import { nothingHere } from '#src/http/method-not-allowed.ts'
import { measureRequests, metricsHandler } from '#src/http/metrics.ts'
import { problemResponse } from '#src/http/problem.ts'
import { securityHeaders } from '#src/http/security-headers.ts'
import { staticPage } from '#src/http/static-page.ts'
import type { StaticPageReason } from '#src/http/static-page.ts'
import { newId } from '#src/lib/ids.ts'
import { createApi, describeApi } from '#src/api.ts'
import { mcpRoutes } from '#src/features/mcp/index.ts'
import { pictureBytesMax } from '#src/features/media/index.ts'
import { brandingPath, siteRoutes } from '#src/features/site/index.ts'
import { wellKnownRoutes } from '#src/identity/index.ts'
import type { WebApp } from '#src/web/mount.ts'

const bodyBytesMax = 1024 * 1024
/** Pages that take a picture: its bytes, and the rest of the form around it. */
const uploadPaths: ReadonlySet<string> = new Set([brandingPath])
const uploadBytesMax = pictureBytesMax + 64 * 1024
const formTypes = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i

/** What the process knows about itself; main.ts changes it, the health endpoints read it. */
export interface Lifecycle {
  readonly state: 'starting' | 'ready' | 'draining'
}

interface AppParts {
  readonly deps: Deps
  readonly web: WebApp
  readonly lifecycle: Lifecycle
}

/** API, sign-in and web on one Hono app. */
export function createApp({ deps, web, lifecycle }: AppParts): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  const { config, baseUrl } = deps

  app.use(requestId({ generator: newId, limitLength: 64 }))
  app.use(clientAddress(createProxyList(config.trustedProxies)))
  app.use(logRequests(deps))
  app.use(measureRequests(deps.metrics))
  app.use(securityHeaders({ isHttps: baseUrl.startsWith('https:'), isDevelopment: web.isDevelopment }))

  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => readiness(c, { deps, lifecycle }))
  app.get('/metrics', metricsHandler(deps.metrics, config.metricsToken))

  app.use(hostCheck({ baseUrl, allowsLoopback: config.mode === 'demo' }))
  app.use(compression())
  const limited = (maxSize: number) => bodyLimit({ maxSize, onError: (c) => refusal(c, 'payload_too_large') })
  const [limit, uploadLimit] = [limited(bodyBytesMax), limited(uploadBytesMax)]
  app.use((c, next) => (uploadPaths.has(c.req.path) ? uploadLimit : limit)(c, next))
  const page = web.mount({
    deps,
    apiDocument: () => describeApi(api, { baseUrl, siteName: deps.site.lastKnown.name }),
  })
  const api = createApi(deps, page)
  app.route('/api', api)
  app.route('/', siteRoutes(deps))
  app.route('/.well-known', wellKnownRoutes(deps))
  app.all('/api/*', nothingHere({ router: api, prefix: '/api' }))
  app.route('/mcp', mcpRoutes(deps))
  // Forms count only from our own pages. Under /api nothing rides on a cookie: better-auth checks its own, agents send tokens.
  // The link in a mail is pressed by mail programs, which come from nowhere (RFC 8058): who may is told by its signature alone.
  const ownForms = csrf({ origin: baseUrl })
  app.use((c, next) => (c.req.path.startsWith('/unsubscribe/') ? next() : ownForms(c, next)))
  app.use(async (c, next) => {
    const isAsked = ['GET', 'HEAD'].includes(c.req.method)
    // What is no form would fail deep inside an action, as if it were our mistake.
    if (!isAsked && !formTypes.test(c.req.header('content-type') ?? '')) return refusal(c, 'unsupported_media_type')
    return next()
  })
  app.all('*', page)
  app.onError((error, c) => failure(error, { c, deps }))
  return app
}

async function readiness(c: AppContext, { deps, lifecycle }: { deps: Deps; lifecycle: Lifecycle }): Promise<Response> {
  if (lifecycle.state !== 'ready') return c.json({ status: lifecycle.state }, 503, { 'retry-after': '2' })
  try {
    await deps.pool.query('select 1')
    return c.json({ status: 'ready' })
  } catch (error) {
    deps.log.warn({ err: error }, 'not ready: the database does not answer')
    return c.json({ status: 'database unavailable' }, 503, { 'retry-after': '2' })
  }
}

function logRequests({ log }: Deps) {
  return async (c: AppContext, next: () => Promise<void>): Promise<void> => {
    const startedAt = performance.now()
    await next()
    // After the answer is there: what a page answers with replaces headers that were set before.
    c.res.headers.set('x-request-id', c.get('requestId'))
    const { pathname } = new URL(c.req.url)
    // The path only: a query may carry a token.
    const line = {
      requestId: c.get('requestId'),
      method: c.req.method,
      path: withoutSecrets(pathname),
      status: c.res.status,
      ms: Math.round((performance.now() - startedAt) * 10) / 10,
    }
    if (c.res.status >= 500) log.warn(line, 'request failed')
    else log.info(line, 'request')
  }
}

/** Links of mails carry their token in the path; nothing else in one is that long without a break. */
const withoutSecrets = (path: string): string => path.replaceAll(/[\w-]{32,}/g, '[redacted]')

function failure(error: Error, { c, deps }: { c: AppContext; deps: Deps }): Response {
  const requestId = c.get('requestId')
  const { code, details } = failureOf(error, { log: deps.log, requestId })
  // Only these have a page of their own; the rest is for programs.
  if (details === undefined && pageReasons.has(code)) return refusal(c, code as Refusal)
  return problemResponse({ code, requestId, ...(details && { details }) })
}

const pageReasons: ReadonlySet<string> = new Set<Refusal>(['forbidden', 'unavailable', 'timeout', 'internal'])

type Refusal = Exclude<StaticPageReason, 'starting' | 'away'> | 'unavailable'

/** A page for people who look at pages, a problem for programs. */
function refusal(c: RefusedContext, code: Refusal): Response {
  const requestId = String(c.get('requestId'))
  if (isForPrograms(c.req.path)) {
    return problemResponse({ code, requestId, ...(code === 'payload_too_large' && { details: { bodyBytesMax } }) })
  }
  const nonce = String(c.get('secureHeadersNonce') ?? '')
  return staticPage({ reason: code === 'unavailable' ? 'away' : code, nonce, requestId })
}

const isForPrograms = (path: string): boolean => path.startsWith('/api/') || path === '/mcp'

/** What both our own context and that of a library's callback have. */
interface RefusedContext {
  readonly req: { readonly path: string; header(name: string): string | undefined }
  get(key: 'requestId' | 'secureHeadersNonce'): unknown
}
