import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { getCookie } from 'hono/cookie'
import type { ServerBuild } from 'react-router'
import type { Deps } from '#src/deps.ts'
import type { AppContext } from '#src/http/api.ts'
import { staticPage } from '#src/http/static-page.ts'
import type { ApiDocument } from '#src/web/context.ts'
import { createClientFiles } from './client-files.ts'
import type { ClientFiles } from './client-files.ts'
import { localeOf } from './locale.ts'
import type { PageAges } from './page-cache.ts'
import { asPrivate, createPageRenderer, publicUrl } from './render-page.ts'
import type { PageSite, RenderPage } from './render-page.ts'
import { createWebServices } from './services.ts'
import { themeCookie, themeOf } from './theme.ts'
import { createVisitorPages } from './visitor-pages.ts'

export { pageAges } from './visitor-pages.ts'

export interface WebApp {
  readonly isDevelopment: boolean
  /** What answers for everything that is no API. */
  mount(site: MountedSite): (c: AppContext) => Promise<Response>
}

interface MountedSite {
  readonly deps: Deps
  readonly apiDocument: () => ApiDocument
}

interface WebBuild {
  /** Called per request, so that the development server can hand out the newest build. */
  readonly load: () => Promise<ServerBuild>
  /** The built files for the browser; undefined when the development server serves them. */
  readonly files: ClientFiles | undefined
  /** How long pages are kept for visitors without a session; undefined: every page is made for its request. */
  readonly keeping?: PageAges | undefined
  /** Vite's own request handler: answers for sources and assets, or calls `next`. */
  readonly middleware?: (incoming: IncomingMessage, outgoing: ServerResponse, next: (error?: unknown) => void) => void
}

/** The built pages, or a clear error when `pnpm start` has not built them yet. */
export async function loadBuiltWeb(rootDir: string, { keeping }: Pick<WebBuild, 'keeping'> = {}): Promise<WebApp> {
  const folder = join(rootDir, 'dist', 'web')
  const build = (await import(pathToFileURL(join(folder, 'server', 'index.js')).href)) as ServerBuild
  return createWebApp({ load: async () => build, files: createClientFiles(join(folder, 'client')), keeping })
}

/** Serves the browser's files and renders the pages with React Router. */
export function createWebApp({ load, files, keeping, middleware }: WebBuild): WebApp {
  const isDevelopment = files === undefined
  const rendererOf = createRendererOf(isDevelopment ? 'development' : 'production')
  return {
    isDevelopment,
    mount({ deps, apiDocument }) {
      const site: PageSite = { deps, services: createWebServices(deps), apiDocument }
      const visitorPages = keeping && createVisitorPages({ site, ages: keeping, now: () => performance.now() })
      return async (c) => {
        const file = files?.answer(c)
        if (file !== undefined) return file
        if (middleware !== undefined && (await isAnsweredBy(middleware, c))) return RESPONSE_ALREADY_SENT
        const build = await load()
        const render = rendererOf(build)
        return (await visitorPages?.answer(c, { render, build })) ?? ownPage(c, { site, render })
      }
    },
  }
}

/** One renderer for each build: preparing the routes costs more than many a page. */
function createRendererOf(mode: 'production' | 'development'): (build: ServerBuild) => RenderPage {
  let last: { build: ServerBuild; render: RenderPage } | undefined
  return (build) => {
    if (last?.build !== build) last = { build, render: createPageRenderer({ build, mode }) }
    return last.render
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

/** A page made for this request alone. */
async function ownPage(c: AppContext, { site, render }: { site: PageSite; render: RenderPage }): Promise<Response> {
  const { deps, services } = site
  const clientAddress = c.get('clientAddress')
  const nonce = c.get('secureHeadersNonce') ?? ''
  const { viewer, cookies } = await services.account.viewer(
    { headers: c.req.raw.headers, clientAddress },
    { mustBeFresh: c.req.method !== 'GET' && c.req.method !== 'HEAD' },
  )
  const { response } = await render(site, {
    request: publicRequest(c, deps.baseUrl),
    viewer,
    page: {
      id: c.get('requestId'),
      nonce,
      allowStyle: () => undefined,
      locale: localeOf(c.req.header('accept-language')),
      theme: themeOf(getCookie(c, themeCookie)),
      clientAddress,
    },
  })
  if (response === undefined) return staticPage({ reason: 'away', nonce })
  // A page that signs in or out sets the session's cookies itself; renewing the old ones beside it would undo that.
  if (response.headers.getSetCookie().length === 0) {
    for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  }
  return asPrivate(response)
}

/**
 * The request as the visitor made it. React Router answers 400 to a form whose Origin differs from its URL, and behind a
 * TLS proxy the socket's URL says http: so the public origin goes in, which is configured, never taken from a header.
 */
function publicRequest(c: AppContext, baseUrl: string): Request {
  const url = new URL(c.req.url)
  if (url.protocol === new URL(baseUrl).protocol) return c.req.raw
  return new Request(publicUrl(url, baseUrl), c.req.raw)
}
