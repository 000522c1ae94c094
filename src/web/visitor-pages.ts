import { createHash } from 'node:crypto'
import { getCookie } from 'hono/cookie'
import { LRUCache } from 'lru-cache'
import { matchRoutes } from 'react-router'
import type { RouteObject, ServerBuild } from 'react-router'
import type { AppContext } from '#src/http/api.ts'
import { nonceFreePolicy } from '#src/http/security-headers.ts'
import { createStoredAnswer } from '#src/http/stored-answer.ts'
import type { StoredAnswer } from '#src/http/stored-answer.ts'
import { staticPage } from '#src/http/static-page.ts'
import { localeOf } from './locale.ts'
import { createPageCache } from './page-cache.ts'
import type { MadePage, PageAges } from './page-cache.ts'
import { asPrivate, publicUrl } from './render-page.ts'
import type { PageSite, RenderPage } from './render-page.ts'
import { themeCookie, themeOf } from './theme.ts'

/**
 * What main.ts keeps pages for: an edit shows within ten seconds, and a page that was there a moment ago is still shown when the
 * database has gone for a few minutes.
 */
export const pageAges: PageAges = { freshMs: 2_000, staleMs: 8_000, outageMs: 5 * 60_000 }

const bytesMax = 32 * 1024 * 1024
/** Longer addresses are searches of one person, if not an attempt to fill the memory. */
const addressLengthMax = 1_024

const sharedTypes = /^(text\/html|image\/svg\+xml|application\/(atom|rss)\+xml)\b/
const sharedStatuses: ReadonlySet<number> = new Set([200, 301, 308])

interface VisitorPagesOptions {
  readonly site: PageSite
  readonly ages: PageAges
  readonly now: () => number
}

export interface VisitorPages {
  /** The page as every visitor without a session gets it; `undefined` where it has to be made for this request alone. */
  answer(c: AppContext, pages: { render: RenderPage; build: ServerBuild }): Promise<Response | undefined>
}

/**
 * Pages that are the same for everybody who has no session, kept for seconds. They are made from the key alone (address, theme,
 * locale): whatever else a visitor sends, be it a cookie, an address or a header, never reaches the renderer.
 */
export function createVisitorPages({ site, ages, now }: VisitorPagesOptions): VisitorPages {
  const { deps } = site
  const cache = createPageCache({
    ages,
    bytesMax,
    now,
    onError: (error) => deps.log.warn({ err: error }, 'a kept page could not be made anew'),
  })
  const isShared = createSharedRoutes()
  const localeFrom = createLocaleReader()

  return {
    async answer(c, { render, build }) {
      if (!isVisitors(c)) return undefined
      const { pathname, search } = new URL(c.req.url)
      const address = pathname + search
      if (address.length > addressLengthMax) return undefined
      const theme = themeOf(getCookie(c, themeCookie))
      const locale = localeFrom(c.req.header('accept-language'))
      const key = `${theme} ${locale} ${address}`
      // Matching a path takes several times as long as answering from memory.
      if (!cache.has(key) && !isShared(build, pathname)) return undefined

      const make = async (): Promise<MadePage> => {
        const styles: string[] = []
        const { response, hasFailed } = await render(site, {
          request: new Request(publicUrl({ pathname, search }, deps.baseUrl), {
            headers: { 'accept-language': locale },
          }),
          viewer: undefined,
          page: {
            // Shown on a page that failed only, which goes to nobody else.
            id: c.get('requestId'),
            nonce: undefined,
            allowStyle: (css) => styles.push(css),
            locale,
            theme,
            clientAddress: '',
          },
        })
        if (response === undefined) {
          return { kind: 'own', response: staticPage({ reason: 'away', nonce: c.get('secureHeadersNonce') ?? '' }) }
        }
        const policy = nonceFreePolicy({ styleHashes: styles.map(hashOf) })
        return hasFailed || !isSharedResponse(response)
          ? { kind: 'own', response: asPrivate(response), policy }
          : { kind: 'shared', answer: await store(response), policy }
      }

      const made = await cache.get(key, make)
      if (made === undefined) return undefined
      if (made.policy !== undefined) c.set('ownPolicy', made.policy)
      return made.kind === 'own' ? made.response : made.answer.respond(c)
    },
  }
}

/** Without a session, and without anything else that might be one: the theme is the only cookie that a shared page knows. */
function isVisitors(c: AppContext): boolean {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return false
  if (c.req.header('authorization') !== undefined) return false
  return c.req.header('cookie') === undefined || Object.keys(getCookie(c)).every((name) => name === themeCookie)
}

/** Most visitors send one of a few headers, and reading one takes as long as all the rest of an answer from memory. */
function createLocaleReader(): typeof localeOf {
  const known = new LRUCache<string, string>({ max: 200 })
  return (header = '') => {
    let locale = known.get(header)
    if (locale === undefined) known.set(header, (locale = localeOf(header)))
    return locale
  }
}

/** Whether the route of a path says that it is the same for all visitors. */
function createSharedRoutes(): (build: ServerBuild, pathname: string) => boolean {
  let known: { build: ServerBuild; routes: RouteObject[] } | undefined
  return (build, pathname) => {
    // What React Router's own browser code fetches: data, of no page that ships none.
    if (pathname.endsWith('.data')) return false
    if (known?.build !== build) known = { build, routes: routesBelow(build, undefined) }
    const handle: unknown = matchRoutes(known.routes, pathname)?.at(-1)?.route.handle
    return (
      typeof handle === 'object' && handle !== null && 'sameForVisitors' in handle && handle.sameForVisitors === true
    )
  }
}

function routesBelow(build: ServerBuild, parentId: string | undefined): RouteObject[] {
  return Object.values(build.routes)
    .filter((route) => route?.parentId === parentId)
    .flatMap((route): RouteObject[] => {
      if (route === undefined) return []
      const { id, path, module } = route
      const shared = { id, handle: module.handle, ...(path === undefined ? {} : { path }) }
      return [route.index === true ? { ...shared, index: true } : { ...shared, children: routesBelow(build, id) }]
    })
}

/** A page that sets a cookie, or says itself that it is somebody's, is not everybody's; nor is an error. */
function isSharedResponse({ status, headers }: Response): boolean {
  if (!sharedStatuses.has(status) || headers.has('set-cookie')) return false
  if (/no-store|private/.test(headers.get('cache-control') ?? '')) return false
  return status !== 200 || sharedTypes.test(headers.get('content-type') ?? '')
}

/**
 * Browsers and proxies may keep it too, but ask each time: only here is known when it changes. They see a page of their own for
 * every Cookie, so a shared cache never gives a visitor's page to somebody who is signed in, nor the other way round.
 */
async function store(response: Response): Promise<StoredAnswer> {
  const headers = Object.fromEntries(response.headers)
  delete headers['content-length']
  // What a route keeps for longer than a moment is no page but a file, and the same for everybody.
  headers['vary'] =
    headers['cache-control'] === undefined ? 'Cookie, Accept-Language, Accept-Encoding' : 'Accept-Encoding'
  headers['cache-control'] ??= 'public, max-age=0, must-revalidate'
  const body = new Uint8Array(await response.arrayBuffer())
  return createStoredAnswer({ status: response.status, headers, body, effort: 'quick' })
}

/** As a policy names an inline style: by what it says (CSP 3 §2.3.1). */
const hashOf = (css: string): string => createHash('sha256').update(css).digest('base64')
