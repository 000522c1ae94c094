import { authHeaders } from './context.ts'
import type { AccountContext, Caller, Cookies } from './context.ts'

/** Ends the session in the database and in the browser. Without one it does nothing, and answers the same. */
export async function signOut({ auth }: AccountContext, caller: Caller): Promise<Cookies> {
  const { headers } = await auth.server.api.signOut({ headers: authHeaders(caller), returnHeaders: true })
  return headers.getSetCookie()
}
