import { createRequestHandler, RouterContextProvider } from 'react-router'
import type { RouterContext, ServerBuild } from 'react-router'
import { isDatabaseUnavailable } from '#src/db/errors.ts'
import type { Deps } from '#src/deps.ts'
import { shownSite } from '#src/features/site/index.ts'
import { staticPage } from '#src/http/static-page.ts'
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
  readonly response: Response
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
    if (!errors.some(isDatabaseUnavailable)) return { response, hasFailed: errors.length > 0 }
    return { response: staticPage({ reason: 'away', nonce: page.nonce ?? '' }), hasFailed: true }
  }
}

/** The build's own copy of the key: context keys match by identity. */
function contextKeyOf(build: ServerBuild): RouterContext<WebContext> {
  // React Router knows its own exports of the entry only; ours is looked for, and its absence said.
  const { webContext } = build.entry.module as unknown as { webContext?: RouterContext<WebContext> }
  if (webContext === undefined) throw new Error('web/entry.server.tsx must re-export webContext')
  return webContext
}
