// A running marketplace with an agent in it, a person who signs in there, and the browser between them.
import * as oidc from 'openid-client'
import type { Configuration } from 'openid-client'
import { agents, organization } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { createAgentClient } from '#src/features/agent-clients/index.ts'
import type { AgentCredentials } from '#src/features/agent-clients/index.ts'
import { createAccountServices } from '#src/identity/index.ts'
import type { TestServer } from '#test/support/server.ts'

export const redirectUri = 'https://agent.example/callback'
export const signedOutUri = 'https://agent.example/signed-out'
export const allScopes = 'openid profile email offline_access usage:read usage:write'

export interface TestAgent extends AgentCredentials {
  readonly id: string
  readonly slug: string
  readonly organizationId: string
}

interface AgentOptions {
  readonly redirectUris?: readonly string[]
  readonly name?: string
}

/** A published agent of an organization of its own, with credentials. */
export async function addAgent(
  { deps }: { readonly deps: Pick<Deps, 'db'> },
  options: AgentOptions = {},
): Promise<TestAgent> {
  const slug = `agent-${crypto.randomUUID()}`
  const organizationId = crypto.randomUUID()
  await deps.db
    .insert(organization)
    .values({ id: organizationId, name: 'Acme Publishing', slug, createdAt: new Date() })
  const [agent] = await deps.db
    .insert(agents)
    .values({ slug, name: options.name ?? 'Lector', status: 'published', publishedAt: new Date(), organizationId })
    .returning()
  if (agent === undefined) throw new Error('The agent was not inserted')
  const credentials = await createAgentClient(deps, {
    agentId: agent.id,
    userId: undefined,
    redirectUris: options.redirectUris ?? [redirectUri],
    postLogoutRedirectUris: [signedOutUri],
  })
  return { ...credentials, id: agent.id, slug, organizationId }
}

export const password = 'correct horse battery'

/** A browser: it keeps cookies, and follows redirects as far as they stay on the server. */
export interface Browser {
  readonly email: string
  open(url: string | URL): Promise<Visit>
  submit(url: string | URL, fields: Readonly<Record<string, string>>, origin?: string): Promise<Visit>
}

export interface Visit {
  readonly url: URL
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** Where the last answer sends the browser that it did not go: off the server, or by a page that hands over. */
  readonly leaveTo: URL | undefined
}

const redirectsMax = 10

const newEmail = (): string => `ada-${crypto.randomUUID()}@example.com`

export const newBrowser = (server: TestServer, email = newEmail()): Browser =>
  openBrowser(server, { email, cookies: [] })

interface BrowserOptions {
  readonly email: string
  /** `Set-Cookie` values that it was given already. */
  readonly cookies: readonly string[]
}

function openBrowser({ origin }: TestServer, { email, cookies }: BrowserOptions): Browser {
  const jar = new Map<string, string>()
  const keep = (line: string): void => {
    const [pair = ''] = line.split(';')
    const [name = '', ...value] = pair.split('=')
    if (/max-age=0/i.test(line)) jar.delete(name)
    else jar.set(name, value.join('='))
  }
  for (const line of cookies) keep(line)

  const request = async (url: URL, init: RequestInit): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), ...(cookie !== '' && { cookie }) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) keep(line)
    return response
  }

  const visit = async (url: URL, init: RequestInit): Promise<Visit> => {
    let at = url
    let response = await request(at, init)
    for (let count = 0; count < redirectsMax; count += 1) {
      const location = response.headers.get('location')
      const text = await response.text()
      const next = location ?? handOver(text)
      const target = next === undefined ? undefined : new URL(next, at)
      if (target === undefined || target.origin !== origin) {
        return { url: at, status: response.status, text, headers: response.headers, leaveTo: target }
      }
      at = target
      response = await request(at, {})
    }
    throw new Error(`Too many redirects, last to ${at.href}`)
  }

  return {
    email,
    open: (url) => visit(new URL(url, origin), {}),
    submit: (url, fields, from = origin) =>
      visit(new URL(url, origin), { method: 'POST', headers: { origin: from }, body: new URLSearchParams(fields) }),
  }
}

/** A page that sends the browser on by itself. */
const handOver = (text: string): string | undefined =>
  /<meta[^>]*http-equiv="refresh"[^>]*content="0;url=([^"]*)"/i.exec(text)?.[1]?.replaceAll('&amp;', '&')

/** Somebody who has just signed up, and is signed in; made directly, because the page for it takes its time. */
export async function newPerson(server: TestServer): Promise<Browser> {
  const { auth } = server.deps
  const email = newEmail()
  const { internalAdapter, password: hasher } = await auth.server.$context
  const user = await internalAdapter.createUser({ name: 'Ada Lovelace', email }, { method: 'email-password' })
  const hash = await hasher.hash(password)
  await internalAdapter.linkAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password: hash })
  const caller = { headers: new Headers(), clientAddress: '127.0.0.1' }
  const signedIn = await createAccountServices({ auth }).signIn(caller, { email, password })
  if (signedIn.kind !== 'signed_in') throw new Error(`Signing in answered ${signedIn.kind}`)
  return openBrowser(server, { email, cookies: signedIn.cookies })
}

type ClientAuthentication = ReturnType<typeof oidc.ClientSecretPost>

/** openid-client, set up from discovery alone. */
export const discover = (
  { origin }: TestServer,
  { clientId, clientSecret }: AgentCredentials,
  authentication: ClientAuthentication = oidc.ClientSecretBasic(clientSecret),
): Promise<Configuration> =>
  oidc.discovery(new URL(`${origin}/api/auth`), clientId, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  })

export interface SignInRequest {
  readonly url: URL
  readonly verifier: string
  readonly state: string
  readonly nonce: string
}

export async function signInRequest(
  config: Configuration,
  parameters: Readonly<Record<string, string>> = {},
): Promise<SignInRequest> {
  const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()]
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: allScopes,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  })
  return { url, verifier, state, nonce }
}

/** Answers the consent page, when there is one, and returns where the browser is sent. */
export async function allow(browser: Browser, url: URL): Promise<URL> {
  const first = await browser.open(url)
  const last = first.url.pathname === '/consent' ? await browser.submit(first.url, { decision: 'allow' }) : first
  if (last.leaveTo === undefined)
    throw new Error(`The browser stayed at ${last.url.href}: ${last.text.slice(0, 2_000)}`)
  return last.leaveTo
}

export const redeem = (
  config: Configuration,
  callback: URL,
  { verifier, state, nonce }: SignInRequest,
  options: oidc.DPoPOptions = {},
) =>
  oidc.authorizationCodeGrant(
    config,
    callback,
    { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
    undefined,
    options,
  )

/** The whole way from the agent's button to its tokens. */
export async function signInAt(
  config: Configuration,
  browser: Browser,
  parameters: Readonly<Record<string, string>> = {},
  options: oidc.DPoPOptions = {},
) {
  const request = await signInRequest(config, parameters)
  return redeem(config, await allow(browser, request.url), request, options)
}

export const me = ({ origin }: TestServer, token: string): Promise<Response> =>
  fetch(`${origin}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })

/** So that requests sent at once also arrive at once, and don't wait for their connections one after the other. */
export const openConnections = async ({ origin }: TestServer, count: number): Promise<void> =>
  void (await Promise.all(
    Array.from({ length: count }, async () => (await fetch(`${origin}/api/auth/jwks`)).arrayBuffer()),
  ))
