import { authHeaders } from './context.ts'
import type { AccountContext, Caller, Cookies } from './context.ts'

/** The person who looks at a page. */
export interface AccountViewer {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  readonly isOperator: boolean
}

export interface ViewerAnswer {
  readonly viewer: AccountViewer | undefined
  /** Renew the session and its signed copy; the response has to carry them. */
  readonly cookies: Cookies
}

interface Viewing {
  readonly caller: Caller
  /** The signed copy in the cookie is up to a minute old: right for showing pages, too old for changing things. */
  readonly mustBeFresh: boolean
}

export async function findViewer({ auth }: AccountContext, { caller, mustBeFresh }: Viewing): Promise<ViewerAnswer> {
  // Most visitors have no session; they cost nothing.
  if (!caller.headers.get('cookie')?.includes('session_token=')) return { viewer: undefined, cookies: [] }
  const { headers, response } = await auth.server.api.getSession({
    headers: authHeaders(caller),
    query: { disableCookieCache: mustBeFresh },
    returnHeaders: true,
  })
  const cookies = headers.getSetCookie()
  // A sign-in that was under way when its person was locked out may have left a session.
  if (response === null || response.user.banned) return { viewer: undefined, cookies }
  const { id, name, email, emailVerified, role } = response.user
  return { viewer: { id, name, email, emailVerified, isOperator: role === 'admin' }, cookies }
}
