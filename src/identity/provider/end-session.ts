import { compactVerify, errors } from 'jose'
import { findClient } from './clients.ts'
import type { ProviderClient } from './clients.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm } from './form.ts'
import { issuerOf } from './resources.ts'
import { isReturnAddress, signOutQuery } from './sign-out-return.ts'

const passedHeaders = ['cookie', 'user-agent', 'x-rialto-client-address'] as const
const shownLengthMax = 500

/**
 * Sign-out that an agent asks for (OpenID Connect RP-Initiated Logout §2). With an ID token of this very session it happens at
 * once, and the browser goes to an address that the agent registered for it; else the person is asked, on our own page, and goes
 * there afterwards if it is known whose address it is. An address that isn't registered ends nothing: the request is not the
 * agent's, or the agent is wrong, and either way nobody should be signed out by it (§4).
 */
export async function answerEndSession(context: ProviderContext, { request }: ProviderRequest): Promise<Response> {
  const url = new URL(request.url)
  const form = request.method === 'POST' ? await readForm(request) : undefined
  if (form !== undefined) url.search = form.toString()
  const asked = url.searchParams
  const client = await askingClient(context, asked)
  const address = asked.get('post_logout_redirect_uri') ?? ''
  if (address !== '' && client.found !== undefined && !isReturnAddress(client.found, address)) {
    return redirectTo(addressRefusal(context.baseUrl, { clientId: client.found.clientId, address }))
  }

  const headers = new Headers({ accept: 'text/html' })
  for (const name of passedHeaders) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  const answer = await context.ask(new Request(url, { headers }))
  if (answer.headers.has('location')) return answer
  const page = new URL(await pageFor(answer), context.baseUrl)
  if (page.pathname === '/sign-out' && client.found !== undefined && client.isGenuine) {
    page.search = signOutQuery({ clientId: client.found.clientId, address, state: asked.get('state') })
  }
  return redirectTo(page, answer)
}

interface AskingClient {
  readonly found: ProviderClient | undefined
  /** False with an ID token that we didn't make for this client: then nobody is sent to it. */
  readonly isGenuine: boolean
}

/** Whose request it is, by what it says itself or by its ID token. */
async function askingClient(context: ProviderContext, asked: URLSearchParams): Promise<AskingClient> {
  const hint = asked.get('id_token_hint')
  const hinted = hint === null ? undefined : await audienceOf(context, hint)
  const clientId = asked.get('client_id') ?? hinted
  const found = clientId === undefined ? undefined : await findClient(context.db, clientId)
  return { found, isGenuine: hint === null || (hinted !== undefined && hinted === found?.clientId) }
}

/** Whom one of our ID tokens was made for, however old it is (§2); undefined when it isn't ours. */
async function audienceOf({ keys, baseUrl }: ProviderContext, idToken: string): Promise<string | undefined> {
  try {
    const { payload } = await compactVerify(idToken, ({ kid }) => keys.verifier(kid), { algorithms: ['ES256'] })
    const { iss, aud } = JSON.parse(new TextDecoder().decode(payload)) as { iss?: unknown; aud?: unknown }
    return iss === issuerOf(baseUrl) && typeof aud === 'string' ? aud : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return undefined
    throw error
  }
}

function addressRefusal(baseUrl: string, { clientId, address }: { clientId: string; address: string }): URL {
  const page = new URL('/auth-error?code=sign_out_address', baseUrl)
  page.searchParams.set('client_id', clientId)
  page.searchParams.set('redirect_uri', address.slice(0, shownLengthMax))
  return page
}

async function pageFor(answer: Response): Promise<string> {
  if (!answer.ok) return '/auth-error?code=sign_out_refused'
  // The provider marks its page that asks, and nothing else tells it from the one that says it is done.
  return (await answer.text()).includes('data-oidc-logout-confirmation') ? '/sign-out' : '/signed-out'
}

/** Keeps the cookies that end the session in the browser. */
function redirectTo(page: URL, answer?: Response): Response {
  const headers = new Headers({ location: page.href, 'cache-control': 'no-store' })
  for (const cookie of answer?.headers.getSetCookie() ?? []) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}
