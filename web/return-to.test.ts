import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeReturnTo, withReturnTo } from './return-to.ts'

describe('what stays on this site is kept', () => {
  test.each([
    '/agents',
    '/agents?q=opnhands&tag=coding',
    '/agents/openhands#pricing',
    '/agents/x/subscribe?tier=pro&returnTo=%2Fagents',
    '/agents?q=https://evil.example',
    '/agents?q=ü',
  ])('%s', (path) => {
    expect(new URL(safeReturnTo(path), 'http://a.example').pathname).toBe(new URL(path, 'http://a.example').pathname)
    expect(safeReturnTo(path)).not.toBe('/')
  })
})

describe('what could lead elsewhere goes home', () => {
  test.each([
    null,
    undefined,
    '',
    'agents',
    'https://evil.example',
    'HTTPS://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/ /evil.example\u0000',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    '/x/..//evil.example',
    '/./\\evil.example',
    '/.//evil.example',
    '/%2e//evil.example',
    '/%2f/evil.example',
    '/%2F%2Fevil.example',
    '/%5cevil.example',
    '/%5Cevil.example',
    'http:evil.example',
    'http:/evil.example',
    '@evil.example',
    '/\ud800',
    `/${'a'.repeat(7_000)}`,
  ])('%j', (text) => {
    expect(safeReturnTo(text)).toBe('/')
  })
})

test.each(['/sign-in', '/sign-out?x=1', '/reset-password?token=secret', '/verify-email?token=secret'])(
  'nobody is sent round in a circle by %s',
  (path) => {
    expect(safeReturnTo(path)).toBe('/')
  },
)

test('whatever it is given, a browser stays on the site', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '//',
    '..',
    '.',
    '%2f',
    '%5c',
    '\t',
    '\n',
    '@',
    ':',
    'http',
    'evil.example',
    '?',
    '#',
    'a',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const target = safeReturnTo(parts.join(''))
      expect(target.startsWith('/')).toBe(true)
      expect(new URL(target, 'https://market.example').origin).toBe('https://market.example')
    }),
  )
})

test('a link carries where to go on, except to the home page', () => {
  expect(withReturnTo('/sign-in', '/')).toBe('/sign-in')
  expect(withReturnTo('/sign-in', '/agents?q=a&b')).toBe('/sign-in?returnTo=%2Fagents%3Fq%3Da%26b')
  expect(withReturnTo('/verify-email?sent', '/agents')).toBe('/verify-email?sent&returnTo=%2Fagents')
})
