import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { getCookie } from 'hono/cookie'
import { createRequestHandler, RouterContextProvider } from 'react-router'
import type { RouterContext, ServerBuild } from 'react-router'
import { isDatabaseUnavailable } from '#src/db/errors.ts'
import type { Deps } from '#src/deps.ts'
import {
  createBillingServices,
  createEarningsServices,
  createStripeEventServices,
} from '#src/features/billing/index.ts'
import { createCatalogServices } from '#src/features/catalog/index.ts'
import { createClaimServices } from '#src/features/claims/index.ts'
import { createEngagementServices, createReportServices } from '#src/features/engagement/index.ts'
import { createOfferServices } from '#src/features/offers/index.ts'
import { createReceiptServices } from '#src/features/receipts/index.ts'
import { createReviewServices } from '#src/features/reviews/index.ts'
import { createSandboxServices } from '#src/features/sandbox/index.ts'
import { createSiteServices, shownSite } from '#src/features/site/index.ts'
import type { AppContext } from '#src/http/api.ts'
import { staticPage } from '#src/http/static-page.ts'
import {
  createAccountServices,
  createOAuthServices,
  createOrganizationServices,
  createPeopleServices,
  issuerOf,
} from '#src/identity/index.ts'
import type { ApiDocument, PageRequest, WebContext } from '#src/web/context.ts'
import { localeOf } from './locale.ts'

export interface WebApp {
  readonly isDevelopment: boolean
  handle(c: AppContext, site: PageSite): Promise<Response>
}

interface PageSite {
  readonly deps: Deps
  readonly apiDocument: () => ApiDocument
}

interface WebBuild {
  /** Called per request, so that the development server can hand out the newest build. */
  readonly load: () => Promise<ServerBuild>
  /** Where the built files for the browser are; undefined when the development server serves them. */
  readonly clientDir: string | undefined
  /** Vite's own request handler: answers for sources and assets, or calls `next`. */
  readonly middleware?: (incoming: IncomingMessage, outgoing: ServerResponse, next: (error?: unknown) => void) => void
}

/** The built pages, or a clear error when `pnpm start` has not built them yet. */
export async function loadBuiltWeb(rootDir: string): Promise<WebApp> {
  const server = join(rootDir, 'dist', 'web', 'server', 'index.js')
  const build = (await import(pathToFileURL(server).href)) as ServerBuild
  return createWebApp({ load: async () => build, clientDir: join(rootDir, 'dist', 'web', 'client') })
}

/** Serves the browser's files and renders the pages with React Router. */
export function createWebApp({ load, clientDir, middleware }: WebBuild): WebApp {
  const isDevelopment = clientDir === undefined
  return {
    isDevelopment,
    handle: async (c, site) => {
      const file = clientDir === undefined ? undefined : await clientFile(c, clientDir)
      if (file !== undefined) return file
      if (middleware !== undefined && (await isAnsweredBy(middleware, c))) return RESPONSE_ALREADY_SENT
      return renderPage({ c, site, build: await load(), isDevelopment })
    },
  }
}

/** Whether the development server took the request; it writes to the socket itself. */
function isAnsweredBy(middleware: NonNullable<WebBuild['middleware']>, c: AppContext): Promise<boolean> {
  // The Node server puts its own two objects there; the context’s type leaves the environment open.
  const { incoming, outgoing } = c.env as unknown as HttpBindings
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return Promise.resolve(false)
  return new Promise((resolve, reject) => {
    outgoing.once('close', () => resolve(true))
    middleware(incoming, outgoing, (error) => (error === undefined ? resolve(false) : reject(error)))
  })
}

interface RenderOptions {
  readonly c: AppContext
  readonly site: PageSite
  readonly build: ServerBuild
  readonly isDevelopment: boolean
}

async function renderPage({ c, site, build, isDevelopment }: RenderOptions): Promise<Response> {
  const { deps, apiDocument } = site
  const errors: unknown[] = []
  const provider = new RouterContextProvider()
  const request: PageRequest = {
    id: c.get('requestId'),
    nonce: c.get('secureHeadersNonce') ?? '',
    locale: localeOf(c.req.header('accept-language')),
    theme: themeOf(getCookie(c, 'rialto_theme')),
    clientAddress: c.get('clientAddress'),
    reportError: (error) => errors.push(error),
  }
  const services = {
    catalog: createCatalogServices(deps),
    offers: createOfferServices(deps),
    receipts: createReceiptServices(deps),
    reviews: createReviewServices(deps),
    engagement: createEngagementServices(deps),
    reports: createReportServices(deps),
    claims: createClaimServices(deps),
    billing: createBillingServices(deps),
    stripeEvents: createStripeEventServices(deps),
    earnings: createEarningsServices(deps),
    account: createAccountServices(deps),
    oauth: createOAuthServices(deps),
    people: createPeopleServices(deps),
    site: createSiteServices(deps),
    organizations: createOrganizationServices(deps),
    mailPreview: deps.mailPreview,
    sandbox: createSandboxServices(deps),
  }
  const { viewer, cookies } = await services.account.viewer(
    { headers: c.req.raw.headers, clientAddress: request.clientAddress },
    { mustBeFresh: c.req.method !== 'GET' && c.req.method !== 'HEAD' },
  )
  const showsDevPages = deps.config.mode === 'demo'
  const context: WebContext = {
    services,
    viewer,
    site: {
      ...shownSite(await deps.site.read()),
      baseUrl: deps.baseUrl,
      issuer: issuerOf(deps.baseUrl),
      showsDevPages,
      paymentsAreSandbox: deps.payments.sandbox !== undefined,
    },
    request,
    apiDocument,
  }
  provider.set(contextKeyOf(build), context)

  const handler = createRequestHandler(build, isDevelopment ? 'development' : 'production')
  const response = await handler(publicRequest(c, deps.baseUrl), provider)
  for (const error of errors) deps.log.warn({ requestId: request.id, err: error }, 'a page failed')
  if (errors.some(isDatabaseUnavailable)) return staticPage({ reason: 'away', nonce: request.nonce })
  // A page that signs in or out sets the session's cookies itself; renewing the old ones beside it would undo that.
  if (response.headers.getSetCookie().length === 0) {
    for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  }
  return response
}

/**
 * The request as the visitor made it. React Router answers 400 to a form whose Origin differs from its URL, and behind a
 * TLS proxy the socket's URL says http: so the public origin goes in, which is configured, never taken from a header.
 */
function publicRequest(c: AppContext, baseUrl: string): Request {
  const url = new URL(c.req.url)
  const origin = new URL(baseUrl)
  if (url.protocol === origin.protocol) return c.req.raw
  return new Request(new URL(`${url.pathname}${url.search}`, origin), c.req.raw)
}

/** The build's own copy of the key: context keys match by identity. */
function contextKeyOf(build: ServerBuild): RouterContext<WebContext> {
  // React Router knows its own exports of the entry only; ours is looked for, and its absence said.
  const { webContext } = build.entry.module as unknown as { webContext?: RouterContext<WebContext> }
  if (webContext === undefined) throw new Error('web/entry.server.tsx must re-export webContext')
  return webContext
}

const themeOf = (cookie: string | undefined): PageRequest['theme'] =>
  cookie === 'light' || cookie === 'dark' ? cookie : 'system'

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** A file of the build: hashed names are immutable, the rest is revalidated hourly. */
async function clientFile(c: AppContext, clientDir: string): Promise<Response | undefined> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return undefined
  const path = decodedPath(c.req.path)
  const contentType = contentTypes[extname(path ?? '')]
  if (path === undefined || contentType === undefined) return undefined
  const file = join(clientDir, path)
  if (!file.startsWith(clientDir + sep)) return undefined
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG') return undefined
    throw error
  })
  if (info === undefined || !info.isFile()) return undefined
  const headers = {
    'content-type': contentType,
    'content-length': String(info.size),
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
  }
  if (c.req.method === 'HEAD') return new Response(null, { headers })
  return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array<ArrayBuffer>>, { headers })
}

function decodedPath(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path)
    return decoded.includes('\0') ? undefined : decoded
  } catch {
    // A malformed escape names no file; the router answers it with its 404.
    return undefined
  }
}
