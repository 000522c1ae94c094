import { data } from 'react-router'
import type { RouterContextProvider } from 'react-router'
import type { Caller, Cookies } from '#src/identity/index.ts'
import { webContext } from '../../context.ts'
import { safeReturnTo } from '../../return-to.ts'
import { authorizeAgain } from '../oauth/authorize-request.ts'

interface RequestArgs {
  readonly context: Readonly<RouterContextProvider>
  readonly request: Request
}

/** What every page here needs from its request. */
export function accountRequest({ context, request }: RequestArgs) {
  const { services, viewer, site, request: page } = context.get(webContext)
  const { searchParams } = new URL(request.url)
  const caller: Caller = { headers: request.headers, clientAddress: page.clientAddress }
  return {
    account: services.account,
    people: services.people,
    organizations: services.organizations,
    viewer,
    site,
    caller,
    searchParams,
    returnTo: authorizeAgain(searchParams) ?? safeReturnTo(searchParams.get('returnTo')),
  }
}

/** A field's text; a file or nothing is an empty one. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

export function cookieHeaders(cookies: Cookies): Headers {
  const headers = new Headers()
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return headers
}

/** A page that says how long to wait, with the status and the header that say it to programs (RFC 6585 §4). */
export const rateLimited = <T extends object>(seconds: number, shown: T) =>
  data({ ...shown, waitSeconds: seconds }, { status: 429, headers: { 'retry-after': String(seconds) } })

/** Pages about an account are kept by nobody; what an action or a loader set beside it goes along. */
export function accountHeaders({ actionHeaders, loaderHeaders }: { actionHeaders: Headers; loaderHeaders: Headers }) {
  const headers = new Headers({ 'cache-control': 'no-store' })
  const retryAfter = actionHeaders.get('retry-after') ?? loaderHeaders.get('retry-after')
  if (retryAfter !== null) headers.set('retry-after', retryAfter)
  return headers
}
