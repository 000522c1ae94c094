/** Where an agent's sign-in begins, and goes on once somebody is signed in. */
const authorizePath = '/api/auth/oauth2/authorize'

/**
 * The way back into an agent's sign-in that was sent to one of our pages with its request in the query, signed. Undefined on
 * any other query.
 */
export function authorizeAgain(searchParams: URLSearchParams): string | undefined {
  const isSent = searchParams.has('sig') && searchParams.has('client_id')
  return isSent ? `${authorizePath}?${searchParams}` : undefined
}

export const isAuthorizeRequest = (path: string): boolean => path.startsWith(`${authorizePath}?`)

/** Whether the agent wants the person to sign in although somebody is (OpenID Connect Core §3.1.2.1). */
export function demandsSignIn(path: string): boolean {
  if (!isAuthorizeRequest(path)) return false
  const query = new URLSearchParams(path.slice(authorizePath.length))
  const prompts = query.get('prompt')?.split(' ') ?? []
  return prompts.includes('login') || prompts.includes('create') || query.has('max_age')
}

/**
 * Where a form may send the browser that then goes on to an agent. Browsers hold the whole chain of redirects after a form to
 * our `form-action 'self'`; a page in between ends the chain.
 */
export const afterForm = (returnTo: string): string =>
  isAuthorizeRequest(returnTo) ? `/continue?returnTo=${encodeURIComponent(returnTo)}` : returnTo
