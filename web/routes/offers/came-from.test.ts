import { expect, it } from 'vitest'
import { cameFrom, withFrom } from './came-from.ts'

it('comes back to the page behind a denial with the agent’s address, and with nothing else', () => {
  const from = cameFrom('/buy/a-b_C?return_to=https%3A%2F%2Fagent.example%2Fchat%3Fid%3D7%26x&offer=1&notice=bought')
  expect(from).toMatchObject({ token: 'a-b_C', returnTo: 'https://agent.example/chat?id=7&x' })
  const href = withFrom('/agents/reader/subscribe?tier=1', from)
  expect(cameFrom(new URL(href, 'http://site.invalid').searchParams.get('from'))).toEqual(from)
  expect(from?.path).not.toContain('notice')
})

it.each([
  null,
  '',
  '/',
  '/account',
  '/buy/',
  '/buy/a/b',
  '//evil.example/buy/a',
  'https://evil.example/buy/a',
  '/x/..//buy/a',
])('comes back to nothing for %s', (text) => {
  expect(cameFrom(text)).toBeUndefined()
  expect(withFrom('/agents/reader', cameFrom(text))).toBe('/agents/reader')
})
