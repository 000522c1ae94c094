import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { caller, openAccounts, someone } from './people.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function cookiesAt(baseUrl: string): Promise<readonly string[]> {
  const result = await openAccounts({ database, baseUrl }).accounts.signUp(caller(), someone())
  return result.kind === 'done' ? result.cookies : []
}

test('over https they are bound to this very host, hidden from scripts, and sent over https only', async () => {
  const cookies = await cookiesAt('https://market.example')
  expect(cookies.map((cookie) => cookie.split('=')[0]).toSorted()).toEqual([
    '__Host-rialto.session_data',
    '__Host-rialto.session_token',
  ])
  for (const cookie of cookies) {
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(`; ${attribute}`)
    // RFC 6265bis §4.1.3.2: with a Domain, a browser refuses a __Host- cookie.
    expect(cookie).not.toContain('Domain')
  }
})

test('on this machine over http they have names of their own, because cookies ignore ports', async () => {
  const cookies = await cookiesAt('http://localhost:3000')
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^rialto\.session_(token|data)=/)
    expect(cookie).toContain('; HttpOnly')
    expect(cookie).not.toContain('Secure')
  }
})
