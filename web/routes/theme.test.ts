import { RouterContextProvider } from 'react-router'
import { describe, expect, it } from 'vitest'
import { action } from './theme.ts'

async function choose(fields: Record<string, string>, origin = 'http://localhost:3000'): Promise<Response> {
  const url = new URL('/theme', origin)
  const request = new Request(url, { method: 'POST', body: new URLSearchParams(fields) })
  return action({ request, url, params: {}, pattern: '/theme', context: new RouterContextProvider() })
}

describe('POST /theme', () => {
  it('keeps the choice and returns to the page, by GET', async () => {
    const response = await choose({ theme: 'dark', returnTo: '/agents?q=a%20b&tag=coding' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/agents?q=a%20b&tag=coding')
    expect(response.headers.get('set-cookie')).toMatch(/^rialto_theme=dark; Path=\/; Max-Age=\d+; SameSite=Lax$/)
  })

  it('asks for a secure cookie where the site is', async () => {
    const response = await choose({ theme: 'light', returnTo: '/' }, 'https://market.example')
    expect(response.headers.get('set-cookie')).toContain('; Secure')
  })

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/%5c/evil.example',
    '/./%2f/evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    '',
  ])('never leaves the site for %s', async (returnTo) => {
    const response = await choose({ theme: 'dark', returnTo })
    const target = new URL(response.headers.get('location') ?? '', 'http://localhost:3000')
    expect(target.origin).toBe('http://localhost:3000')
  })

  it('refuses a theme that is none', async () => {
    await expect(choose({ theme: 'neon', returnTo: '/' })).rejects.toMatchObject({ init: { status: 400 } })
  })
})
