import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm } from './form.ts'

const passedHeaders = ['cookie', 'user-agent', 'x-rialto-client-address'] as const

/**
 * Sign-out that an agent asks for (OpenID Connect RP-Initiated Logout §2). With an ID token of this very session it happens at
 * once, and the browser goes to an address that the agent registered for it; else the person is asked, on our own page. Where
 * the provider would answer with a bare page of its own, ours stands.
 */
export async function answerEndSession(context: ProviderContext, { request }: ProviderRequest): Promise<Response> {
  const url = new URL(request.url)
  const form = request.method === 'POST' ? await readForm(request) : undefined
  if (form !== undefined) url.search = form.toString()
  const headers = new Headers({ accept: 'text/html' })
  for (const name of passedHeaders) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  const answer = await context.ask(new Request(url, { headers }))
  if (answer.headers.has('location')) return answer
  return redirectTo(new URL(await pageFor(answer), context.baseUrl), answer)
}

async function pageFor(answer: Response): Promise<string> {
  if (!answer.ok) return '/auth-error?code=sign_out_refused'
  // The provider marks its page that asks, and nothing else tells it from the one that says it is done.
  return (await answer.text()).includes('data-oidc-logout-confirmation') ? '/sign-out' : '/signed-out'
}

/** Keeps the cookies that end the session in the browser. */
function redirectTo(page: URL, answer: Response): Response {
  const headers = new Headers({ location: page.href, 'cache-control': 'no-store' })
  for (const cookie of answer.headers.getSetCookie()) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}
