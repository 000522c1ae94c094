// The MCP TypeScript SDK with its default settings: from the address of a server to a token for it.
import { auth } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { allow, newPerson } from './market.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** What the SDK asks of a program that uses it: to remember things, and to open a browser. */
class Program implements OAuthClientProvider {
  readonly redirectUrl = 'http://localhost:8976/callback'
  readonly clientMetadata = { client_name: 'A program with MCP', redirect_uris: [this.redirectUrl] }
  #client: OAuthClientInformationMixed | undefined
  #tokens: OAuthTokens | undefined
  #verifier = ''
  opened: URL | undefined

  clientInformation = () => this.#client
  saveClientInformation = (client: OAuthClientInformationMixed) => void (this.#client = client)
  tokens = () => this.#tokens
  saveTokens = (tokens: OAuthTokens) => void (this.#tokens = tokens)
  redirectToAuthorization = (url: URL) => void (this.opened = url)
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier)
  codeVerifier = () => this.#verifier
}

test('it finds the way, registers, and gets a token for the MCP server alone, which it can refresh', async () => {
  const program = new Program()
  const serverUrl = `${server.origin}/mcp`
  expect(await auth(program, { serverUrl })).toBe('REDIRECT')

  const person = await newPerson(server)
  const opened = program.opened ?? new URL(server.origin)
  expect((await person.open(opened)).text).toContain('A program with MCP')
  const callback = await allow(person, opened)
  const code = callback.searchParams.get('code') ?? ''
  expect(await auth(program, { serverUrl, authorizationCode: code })).toBe('AUTHORIZED')

  const verify = () => server.deps.auth.tokens.verify(program.tokens()?.access_token ?? '')
  const first = await verify()
  expect(first).toMatchObject({ kind: 'person', agent: undefined })
  expect(first?.audiences).toContain(serverUrl)
  expect(first?.audiences).not.toContain(`${server.origin}/api`)

  expect(await auth(program, { serverUrl })).toBe('AUTHORIZED')
  expect((await verify())?.jti).not.toBe(first?.jti)
})
