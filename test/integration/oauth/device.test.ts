// Signing in a device that has no browser.
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { user } from '#src/db/schema/index.ts'
import { createOAuthServices, deviceGrant } from '#src/identity/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allScopes, discover, me, newBrowser, newPerson, password } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let config: oidc.Configuration
let person: Browser

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  config = await discover(server, agent)
  person = await newPerson(server)
})
afterAll(() => server.stop())

const begin = () => oidc.initiateDeviceAuthorization(config, { scope: allScopes })
const poll = (device_code: string, at = config) => oidc.genericGrantRequest(at, deviceGrant, { device_code })

test('it shows a code, the person allows it on another screen, and it gets tokens that end like all others', async () => {
  const device = await begin()
  expect(device.verification_uri).toBe(`${server.origin}/device`)
  const page = await person.open(device.verification_uri_complete ?? '')
  for (const text of ['Lector', 'Acme Publishing', device.user_code, 'Count what you use against your plan.']) {
    expect(page.text).toContain(text)
  }
  expect((await person.submit(page.url, { decision: 'allow' })).text).toContain('Your device is signed in')

  const tokens = await poll(device.device_code)
  expect(await (await me(server, tokens.access_token)).json()).toMatchObject({ kind: 'person', agent: agent.slug })
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect((await me(server, next.access_token)).status).toBe(200)

  const [row] = await server.deps.db.select({ id: user.id }).from(user).where(eq(user.email, person.email))
  const oauth = createOAuthServices(server.deps)
  expect(await oauth.listConnections(row?.id ?? '')).toMatchObject([{ clientId: agent.clientId }])
  await oauth.disconnect(row?.id ?? '', agent.clientId)
  for (const { access_token } of [tokens, next]) {
    await expect.poll(async () => (await me(server, access_token)).status).toBe(401)
  }
  await expect(oidc.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test('nobody has answered yet; asking at once again is too often', async () => {
  const { device_code } = await begin()
  await expect(poll(device_code)).rejects.toMatchObject({ error: 'authorization_pending' })
  await expect(poll(device_code)).rejects.toMatchObject({ error: 'slow_down' })
})

test('refused, it hears so', async () => {
  const device = await begin()
  await person.submit(device.verification_uri_complete ?? '', { decision: 'deny' })
  await expect(poll(device.device_code)).rejects.toMatchObject({ error: 'access_denied' })
})

test('a code is good for one answer and one redemption, by its own agent', async () => {
  const device = await begin()
  const url = device.verification_uri_complete ?? ''
  await person.submit(url, { decision: 'allow' })
  expect((await person.submit(url, { decision: 'deny' })).text).toContain('No device waits with this code')
  const other = await discover(server, await addAgent(server))
  await expect(poll(device.device_code, other)).rejects.toMatchObject({ error: 'invalid_grant' })
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => poll(device.device_code)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test.each(['', 'nobody-has-this', '\u0000', 'x'.repeat(500)])('the device code %j is refused', async (device_code) => {
  await expect(poll(device_code)).rejects.toMatchObject({ error: expect.stringMatching(/^invalid_(grant|request)$/) })
})

test('typed by hand, in any way, it is found; another one is not', async () => {
  const { user_code } = await begin()
  const typed = `${user_code.slice(0, 4)} - ${user_code.slice(4)}`.toLowerCase()
  expect((await person.open(`/device?user_code=${encodeURIComponent(typed)}`)).text).toContain('Lector')
  const page = await person.open('/device?user_code=AAAAAAAA')
  expect([page.status, page.text.includes('No device waits with this code')]).toEqual([404, true])
})

test('somebody who is not signed in comes back to the device after signing in', async () => {
  const device = await begin()
  const browser = newBrowser(server, person.email)
  const signIn = await browser.open(device.verification_uri_complete ?? '')
  expect(signIn.url.pathname).toBe('/sign-in')
  const page = await browser.submit(signIn.url, { email: person.email, password })
  expect([page.url.pathname, page.text.includes('Lector')]).toEqual(['/device', true])
})

test('a form of another site lets no device in', async () => {
  const device = await begin()
  const foreign = await person.submit(
    device.verification_uri_complete ?? '',
    { decision: 'allow' },
    'https://evil.example',
  )
  expect(foreign.status).toBe(403)
  await expect(poll(device.device_code)).rejects.toMatchObject({ error: 'authorization_pending' })
})

test('no page answers for the provider’s own device endpoints', async () => {
  for (const path of ['/device', '/device/approve', '/device/deny', '/device/token']) {
    expect((await fetch(`${server.origin}/api/auth${path}`, { method: 'POST' })).status).toBe(404)
  }
})
