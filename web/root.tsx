import type { ReactNode } from 'react'
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLocation,
  useMatches,
  useRouteError,
  useRouteLoaderData,
} from 'react-router'
import type { Route } from './+types/root.ts'
import faviconUrl from './assets/favicon.svg?url'
import frauncesUrl from './assets/fonts/fraunces-latin.woff2?url'
import geistUrl from './assets/fonts/geist-latin.woff2?url'
import { webContext } from './context.ts'
import { openItemsOf } from './routes/operator/open-items.ts'
import { AccentStyle } from './shell/accent-style.tsx'
import { Footer } from './shell/footer.tsx'
import { Header } from './shell/header.tsx'
import { PageMeta } from './shell/page-meta.tsx'
import type { ShellData } from './shell/shell-data.ts'
import { SiteIcons } from './shell/site-icons.tsx'
import './styles/app.css'
import { ErrorState } from './ui/error-state.tsx'
import { SkipLink } from './ui/skip-link.tsx'

/** What a route may ask of the frame around it, in its `handle` export. */
export interface RouteHandle {
  /** Ships React Router's browser code. Public pages don't: they work as plain documents. */
  readonly scripts?: boolean
  /** The page has a search field of its own. */
  readonly ownSearch?: boolean
  /** The page asks for one decision, and runs no script at all. */
  readonly scriptless?: boolean
  /**
   * The page is the same for everybody without a session, but for theme and locale, so that its HTML is kept for seconds. Its
   * forms hold nothing of one visitor, and it looks at nothing of the request but its address.
   */
  readonly sameForVisitors?: boolean
}

export async function loader({ context, request: { url } }: Route.LoaderArgs): Promise<ShellData> {
  const { services, site, request, viewer } = context.get(webContext)
  return {
    siteName: site.name,
    mark: site.mark,
    touchIconUrl: site.touchIconUrl,
    accentProperties: site.accentProperties,
    supportEmail: site.supportEmail,
    baseUrl: site.baseUrl,
    theme: request.theme,
    requestId: request.id,
    locale: request.locale,
    paymentsAreSandbox: site.paymentsAreSandbox,
    viewer: viewer && { name: viewer.name, email: viewer.email, isOperator: viewer.isOperator },
    openItems: await openItemsOf({ services, viewer, pathname: new URL(url).pathname }),
  }
}

const fallbackShell: ShellData = {
  siteName: 'Rialto',
  mark: undefined,
  touchIconUrl: '/icons/rialto/180.png',
  accentProperties: undefined,
  supportEmail: undefined,
  baseUrl: '',
  theme: 'system',
  requestId: '',
  locale: 'en',
  paymentsAreSandbox: false,
  viewer: undefined,
  openItems: undefined,
}

export function Layout({ children }: { children: ReactNode }) {
  const shell = useRouteLoaderData<typeof loader>('root') ?? fallbackShell
  const { pathname, search } = useLocation()
  const handles = useMatches().map((match) => match.handle as RouteHandle | undefined)
  const asks = (wish: keyof RouteHandle): boolean => handles.some((handle) => handle?.[wish] === true)
  return (
    <html lang="en" data-theme={shell.theme === 'system' ? undefined : shell.theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content={shell.theme === 'system' ? 'light dark' : shell.theme} />
        <SiteIcons mark={shell.mark} touchIconUrl={shell.touchIconUrl} ownIcon={faviconUrl} />
        {[geistUrl, frauncesUrl].map((href) => (
          <link key={href} rel="preload" href={href} as="font" type="font/woff2" crossOrigin="anonymous" />
        ))}
        <Meta />
        <Links />
        <AccentStyle properties={shell.accentProperties} />
      </head>
      <body>
        <SkipLink />
        <Header
          shell={shell}
          here={pathname + search}
          hasSearch={!asks('ownSearch')}
          hasPalette={!asks('scriptless')}
        />
        <main id="content" tabIndex={-1} className="flex-1">
          {children}
        </main>
        <Footer shell={shell} />
        {asks('scripts') && (
          <>
            <ScrollRestoration />
            <Scripts />
          </>
        )}
      </body>
    </html>
  )
}

export default function Root() {
  return <Outlet />
}

/** Says what happened by status alone: an unexpected error's own text never reaches a page. */
export function ErrorBoundary() {
  const error = useRouteError()
  const shell = useRouteLoaderData<typeof loader>('root')
  const status = isRouteErrorResponse(error) ? error.status : 500
  return (
    <>
      <PageMeta title={status === 404 ? 'Not found' : `Error ${status}`} />
      <ErrorState status={status} requestId={shell?.requestId} />
    </>
  )
}
