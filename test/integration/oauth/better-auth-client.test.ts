// An agent whose own sign-in is better-auth, with its generic OAuth client: it knows our discovery document and its credentials.
import { createPrivateKeyJwtClientAssertionGetter } from '@better-auth/core/oauth2'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { genericOAuth } from 'better-auth/plugins'
import { exportJWK, generateKeyPair } from 'jose'
import type { CryptoKey } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setClientKeys } from '#src/features/agent-clients/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allow, newPerson } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

const agentOrigin = 'https://agent.example'
const callback = `${agentOrigin}/api/auth/callback/rialto`

let server: TestServer
let person: Browser
let agent: TestAgent

beforeAll(async () => {
  server = await startTestServer()
  person = await newPerson(server)
})
beforeEach(async () => {
  agent = await addAgent(server, { redirectUris: [callback] })
})
afterAll(() => server.stop())

type Credentials = Pick<
  Parameters<typeof genericOAuth>[0]['config'][number],
  'clientId' | 'clientSecret' | 'tokenEndpointAuth'
>

/** The agent's server, and a browser's cookies for it. */
function openAgent(credentials: Credentials) {
  const auth = betterAuth({
    baseURL: agentOrigin,
    secret: 'the secret of an agent in these tests',
    telemetry: { enabled: false },
    logger: { disabled: true },
    // Its limit is for one address, and here everybody comes from the same.
    rateLimit: { enabled: false },
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    plugins: [
      genericOAuth({
        config: [
          {
            providerId: 'rialto',
            discoveryUrl: `${server.origin}/api/auth/.well-known/openid-configuration`,
            scopes: ['openid', 'profile', 'email', 'offline_access'],
            requireIdTokenVerification: true,
            ...credentials,
          },
        ],
      }),
    ],
  })
  const jar = new Map<string, string>()
  const ask = async (url: string | URL, body?: unknown): Promise<Response> => {
    const headers = new Headers({ origin: agentOrigin })
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    if (body !== undefined) headers.set('content-type', 'application/json')
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const answer = await auth.handler(new Request(new URL(url, agentOrigin), { ...init, headers }))
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name = '', ...value] = pair.split('=')
      jar.set(name, value.join('='))
    }
    return answer
  }
  return {
    ask,
    /** Where the agent sends a person who presses its button. */
    begin: async (): Promise<URL> => {
      const answer = await ask('/api/auth/sign-in/social', { provider: 'rialto', callbackURL: '/home' })
      return new URL(((await answer.json()) as { url: string }).url)
    },
    /** Where the agent sends a person who came back. */
    comeBack: async (url: URL): Promise<URL> =>
      new URL((await ask(url)).headers.get('location') ?? 'about:blank', agentOrigin),
    whoIsIn: async () =>
      ((await (await ask('/api/auth/get-session')).json()) as { user: { email: string; name: string } } | null)?.user,
  }
}

describe('with a secret', () => {
  test('signs a person in, checking the ID token by our keys, and gets new tokens later', async () => {
    const site = openAgent(agent)
    const home = await site.comeBack(await allow(person, await site.begin()))
    expect(home.href).toBe(`${agentOrigin}/home`)
    expect(await site.whoIsIn()).toMatchObject({ email: person.email, name: 'Ada Lovelace' })

    const [account] = (await (await site.ask('/api/auth/list-accounts')).json()) as { id: string }[]
    const tokens = async (what: string) => {
      const answer = await site.ask(`/api/auth/${what}`, { accountId: account?.id })
      return (await answer.json()) as { accessToken?: string }
    }
    const { accessToken } = await tokens('get-access-token')
    expect(accessToken).toEqual(expect.any(String))
    const next = await tokens('refresh-token')
    expect(next.accessToken).toEqual(expect.any(String))
    expect(next.accessToken).not.toBe(accessToken)
  })

  test('that is wrong, signs nobody in', async () => {
    const site = openAgent({ ...agent, clientSecret: 'a wrong one' })
    const end = await site.comeBack(await allow(person, await site.begin()))
    expect(end.searchParams.get('error')).toBe('invalid_code')
    expect(await site.whoIsIn()).toBeUndefined()
  })

  test('a person who refuses comes back not signed in', async () => {
    const site = openAgent(agent)
    const consent = await person.open(await site.begin())
    const { leaveTo } = await person.submit(consent.url, { decision: 'deny' })
    const end = await site.comeBack(leaveTo ?? new URL('about:blank'))
    expect(end.searchParams.get('error')).toBe('access_denied')
    expect(await site.whoIsIn()).toBeUndefined()
  })

  test('an answer that another browser began signs nobody in', async () => {
    const [site, other] = [openAgent(agent), openAgent(agent)]
    await site.comeBack(await allow(person, await other.begin()))
    expect(await site.whoIsIn()).toBeUndefined()
  })

  test('an answer whose code was used already signs nobody in', async () => {
    const [site, thief] = [openAgent(agent), openAgent(agent)]
    const answer = await allow(person, await site.begin())
    await site.comeBack(answer)
    const begun = new URL(await thief.begin())
    answer.searchParams.set('state', begun.searchParams.get('state') ?? '')
    await thief.comeBack(answer)
    expect(await thief.whoIsIn()).toBeUndefined()
  })
})

describe('with a key of its own', () => {
  const withKey = async (privateKey: CryptoKey) =>
    openAgent({
      clientId: agent.clientId,
      tokenEndpointAuth: {
        method: 'private_key_jwt',
        getClientAssertion: createPrivateKeyJwtClientAssertionGetter({
          privateKeyJwk: await exportJWK(privateKey),
          algorithm: 'ES256',
          kid: 'agent',
        }),
      },
    })

  test('signs a person in, and with another key nobody', async () => {
    const own = await generateKeyPair('ES256', { extractable: true })
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'agent' }
    await setClientKeys(server.deps, { agentId: agent.id, userId: undefined, jwks: { keys: [jwk] } })

    const stranger = await withKey((await generateKeyPair('ES256', { extractable: true })).privateKey)
    await stranger.comeBack(await allow(person, await stranger.begin()))
    expect(await stranger.whoIsIn()).toBeUndefined()

    const site = await withKey(own.privateKey)
    await site.comeBack(await allow(person, await site.begin()))
    expect(await site.whoIsIn()).toMatchObject({ email: person.email })
  })
})
