// A device that is signed out from another one: agents it signed in to are told, as if it had signed out itself.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setBackchannelLogout } from '#src/features/agent-clients/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me, newBrowser, newPerson, password, signInAt } from './market.ts'
import type { TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let receiver: Server
const received: unknown[] = []

beforeAll(async () => {
  server = await startTestServer()
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(decodeJwt(new URLSearchParams(body).get('logout_token') ?? '')['sid'])
      response.end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  agent = await addAgent(server)
  const backchannelLogoutUri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  await setBackchannelLogout(server.deps, { agentId: agent.id, userId: undefined, backchannelLogoutUri })
})
afterAll(async () => {
  receiver.close()
  await server.stop()
})

test.each(['end', 'end-others'])('“%s” in the list of sessions tells the agents of that device', async (intent) => {
  const phone = await newPerson(server)
  const tokens = await signInAt(await discover(server, agent), phone)
  const sessionId = tokens.claims()?.['sid']
  const laptop = newBrowser(server, phone.email)
  await laptop.submit('/sign-in', { email: phone.email, password })
  await laptop.submit('/account/sessions', { intent, id: String(sessionId) })
  await expect.poll(() => received).toContain(sessionId)
  expect((await phone.open('/account')).url.pathname).toBe('/sign-in')
  expect((await laptop.open('/account')).url.pathname).toBe('/account')
  await expect.poll(async () => (await me(server, tokens.access_token)).status).toBe(401)
})
