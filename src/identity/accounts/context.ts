import type { Auth } from '../auth.ts'
import { clientAddressHeader } from '../auth-http.ts'
import { networkOf } from '../network.ts'

/** What the account verbs work with. */
export interface AccountContext {
  readonly auth: Auth
}

/** Who asks: their headers, and their address as the server determined it. */
export interface Caller {
  readonly headers: Headers
  readonly clientAddress: string
}

/** `Set-Cookie` values that the page has to pass on. */
export type Cookies = readonly string[]

export interface RateLimited {
  readonly kind: 'rate_limited'
  readonly retryAfterSeconds: number
}

export const network = ({ clientAddress }: Caller): string => networkOf(clientAddress)

const userAgentLengthMax = 256

/** The headers that better-auth may see: cookies, and what it stores with a session. */
export function authHeaders({ headers, clientAddress }: Caller): Headers {
  const passed = new Headers({ [clientAddressHeader]: clientAddress })
  const cookie = headers.get('cookie')
  const userAgent = headers.get('user-agent')?.slice(0, userAgentLengthMax)
  if (cookie !== null) passed.set('cookie', cookie)
  if (userAgent !== undefined) passed.set('user-agent', userAgent)
  return passed
}
