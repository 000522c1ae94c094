import { createRequestHandler, RouterContextProvider } from 'react-router'
import type { RouterContext, ServerBuild } from 'react-router'
import { isDatabaseUnavailable } from '#src/db/errors.ts'
import type { Deps } from '#src/deps.ts'
import { shownSite } from '#src/features/site/index.ts'
import { issuerOf } from '#src/identity/index.ts'
import type { ApiDocument, PageRequest, Viewer, WebContext, WebServices } from '#src/web/context.ts'

/** What pages are made with; the same for every request. */
export interface PageSite {
  readonly deps: Deps
  readonly services: WebServices
  readonly apiDocument: () => ApiDocument
}

interface Rendering {
  /** Under the public origin, as the visitor made it. */
  readonly request: Request
  readonly viewer: Viewer | undefined
  readonly page: Omit<PageRequest, 'reportError'>
}

interface RenderedPage {
  /** Undefined while the database is away: what the router made of that is no page to show. */
  readonly response: Response | undefined
  /** Something went wrong on the way, whatever the page looks like. */
  readonly hasFailed: boolean
}

/** Lets React Router run the route's loader or action, and render its page. */
export type RenderPage = (site: PageSite, rendering: Rendering) => Promise<RenderedPage>

/** For one build: React Router prepares its routes once, not for each request. */
export function createPageRenderer({
  build,
  mode,
}: {
  build: ServerBuild
  mode: 'production' | 'development'
}): RenderPage {
  const handler = createRequestHandler(build, mode)
  const contextKey = contextKeyOf(build)
  return async ({ deps, services, apiDocument }, { request, viewer, page }) => {
    const errors: unknown[] = []
    const context: WebContext = {
      services,
      viewer,
      site: {
        ...shownSite(await deps.site.read()),
        baseUrl: deps.baseUrl,
        issuer: issuerOf(deps.baseUrl),
        showsDevPages: deps.config.mode === 'demo',
        paymentsAreSandbox: deps.payments.sandbox !== undefined,
      },
      request: { ...page, reportError: (error) => errors.push(error) },
      apiDocument,
    }
    const provider = new RouterContextProvider()
    provider.set(contextKey, context)
    const response = await handler(request, provider)
    for (const error of errors) deps.log.warn({ requestId: page.id, err: error }, 'a page failed')
    return { response: errors.some(isDatabaseUnavailable) ? undefined : response, hasFailed: errors.length > 0 }
  }
}

/** A path under the public origin. One that begins with two slashes stays a path: resolved, its next part would be the host. */
export function publicUrl({ pathname, search }: Pick<URL, 'pathname' | 'search'>, baseUrl: string): URL {
  return Object.assign(new URL(baseUrl), { pathname, search })
}

/** The asker's own: kept by nobody else, and asked for again before it is shown again, unless the page says otherwise. */
export function asPrivate(response: Response): Response {
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache')
  response.headers.append('vary', 'Cookie')
  return response
}

/** The build's own copy of the key: context keys match by identity. */
function contextKeyOf(build: ServerBuild): RouterContext<WebContext> {
  // React Router knows its own exports of the entry only; ours is looked for, and its absence said.
  const { webContext } = build.entry.module as unknown as { webContext?: RouterContext<WebContext> }
  if (webContext === undefined) throw new Error('web/entry.server.tsx must re-export webContext')
  return webContext
}
