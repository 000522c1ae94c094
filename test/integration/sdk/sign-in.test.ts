import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { user } from '#src/db/schema/index.ts'
import { createOAuthServices } from '#src/identity/index.ts'
import type { Session, SignIn } from '@rialto/sdk'
import { addAgent, allow, newPerson, redirectUri } from '#test/integration/oauth/market.ts'
import type { Browser, TestAgent } from '#test/integration/oauth/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { backendOf, startNetwork } from './backend.ts'

let server: TestServer
let agent: TestAgent
let person: Browser

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  person = await newPerson(server)
})
afterAll(() => server.stop())

const authOf = (fetch?: typeof globalThis.fetch): SignIn =>
  backendOf(server, agent, fetch && { fetch }).auth({ redirectUri })

async function signIn(auth: SignIn, browser = person): Promise<Session> {
  const { url, flow } = await auth.begin()
  const { searchParams } = await allow(browser, url)
  return auth.finish(searchParams, flow)
}

describe('signing in', () => {
  it('says who it is, by the id that metering takes', async () => {
    const session = await signIn(authOf())
    const [known] = await server.deps.db.select().from(user).where(eq(user.email, person.email))
    expect(session).toMatchObject({ userId: known?.id, name: 'Ada Lovelace', email: undefined })
    expect(session.refreshToken).toBeTypeOf('string')
    expect(JSON.parse(JSON.stringify(session))).toMatchObject({ userId: session.userId })
  })

  it('takes no answer that was meant for another sign-in, nor a changed one', async () => {
    const auth = authOf()
    const one = await auth.begin()
    const other = await auth.begin()
    const { searchParams } = await allow(person, one.url)
    for (const flow of [other.flow, 'nonsense', '{}', JSON.stringify({ ...JSON.parse(one.flow), state: 1 })]) {
      await expect(auth.finish(searchParams, flow)).rejects.toMatchObject({ name: 'RialtoError', code: 'invalid_flow' })
    }
    const elsewhere = new URLSearchParams(searchParams)
    elsewhere.set('iss', 'https://evil.example')
    await expect(auth.finish(elsewhere, one.flow)).rejects.toMatchObject({ code: 'unexpected_answer' })
    const wrongVerifier = JSON.stringify({ ...JSON.parse(one.flow), verifier: 'x'.repeat(43) })
    await expect(auth.finish(searchParams, wrongVerifier)).rejects.toMatchObject({ name: 'RialtoError' })
  })

  it('says that the person did not allow it', async () => {
    const auth = authOf()
    const stranger = await newPerson(server)
    const { url, flow } = await auth.begin({ prompt: 'consent' })
    const asked = await stranger.open(url)
    const { leaveTo } = await stranger.submit(asked.url, { decision: 'deny' })
    await expect(auth.finish(leaveTo?.searchParams ?? new URLSearchParams(), flow)).rejects.toMatchObject({
      code: 'access_denied',
    })
  })
})

describe('a session', () => {
  it('lives on, and its tokens are exchanged once for all who need them at once', async () => {
    const network = await startNetwork(server.origin, () => 'pass')
    const auth = authOf(network.fetch)
    const session = await signIn(auth)
    expect(await auth.renew(session)).toEqual(session)
    // As when its token has ended.
    const ended = { ...session, accessToken: 'ended' }
    const renewed = await Promise.all([auth.renew(ended), auth.renew(ended), auth.renew(ended)])
    expect(new Set(renewed.map((living) => living?.accessToken)).size).toBe(1)
    expect(renewed[0]?.refreshToken).not.toBe(session.refreshToken)
    const tokenRequests = network.seen.filter(({ body }) => body.includes('grant_type=refresh_token'))
    expect(tokenRequests).toHaveLength(1)
    expect(await auth.renew(renewed[0] ?? session)).toEqual(renewed[0])
    await network.stop()
  })

  it('ends when the person disconnects the agent', async () => {
    const auth = authOf()
    const other = await newPerson(server)
    const session = await signIn(auth, other)
    await createOAuthServices(server.deps).disconnect(session.userId, agent.clientId)
    await expect.poll(() => auth.renew(session)).toBeUndefined()
  })

  it('does not end because the marketplace is away', async () => {
    const session = await signIn(authOf())
    const away = authOf(async (url, init) =>
      String(url).endsWith('/userinfo')
        ? Response.json({ code: 'unavailable', title: 'Not available right now', status: 503 }, { status: 503 })
        : fetch(url, init),
    )
    await expect(away.renew(session)).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    const gone = authOf((url, init) =>
      String(url).endsWith('/userinfo') ? fetch('http://127.0.0.1:9/') : fetch(url, init),
    )
    await expect(gone.renew(session)).rejects.toMatchObject({ code: 'network' })
  })
})
