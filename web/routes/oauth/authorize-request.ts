import type { Acr } from '#src/identity/authentication/acr.ts'

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

/** The words of a parameter of an agent's sign-in; none on any other path. */
const wordsOf = (path: string, name: string): readonly string[] =>
  isAuthorizeRequest(path) ? (queryOf(path).get(name)?.split(' ') ?? []) : []

const queryOf = (path: string): URLSearchParams => new URLSearchParams(path.slice(authorizePath.length))

/** Whether the agent wants the person to sign in although somebody is (OpenID Connect Core §3.1.2.1). */
export function demandsSignIn(path: string): boolean {
  const prompts = wordsOf(path, 'prompt')
  return (
    prompts.includes('login') ||
    prompts.includes('create') ||
    (isAuthorizeRequest(path) && queryOf(path).has('max_age'))
  )
}

/** Whether the agent wants the person to say as whom they go on. */
export const asksForAccount = (path: string): boolean => wordsOf(path, 'prompt').includes('select_account')

/** The way on as who is signed in; the name is the server's own (src/identity/provider/signed-query.ts). */
export const asPresentPerson = (path: string): string => `${path}&rialto_account=present`

/** More than the password, if the agent wants that: the classes of src/identity/authentication/acr.ts. */
export function wantedStep(path: string): 'passkey' | 'second_step' | undefined {
  const classes = wordsOf(path, 'acr_values') as readonly Acr[]
  if (classes.includes('urn:rialto:acr:pwd')) return undefined
  if (classes.includes('urn:rialto:acr:mfa')) return 'second_step'
  return classes.includes('phr') ? 'passkey' : undefined
}

/**
 * Where a form may send the browser that then goes on to an agent. Browsers hold the whole chain of redirects after a form to
 * our `form-action 'self'`; a page in between ends the chain.
 */
export const afterForm = (returnTo: string): string =>
  isAuthorizeRequest(returnTo) ? `/continue?returnTo=${encodeURIComponent(returnTo)}` : returnTo
