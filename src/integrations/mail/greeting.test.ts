import { expect, test } from 'vitest'
import { greetingName } from './greeting.ts'

test.each([
  ['Ada Lovelace', 'Ada Lovelace'],
  ['  Ada \t Lovelace ', 'Ada Lovelace'],
  ['J. R. R. Tolkien', 'J. R. R. Tolkien'],
  ['مريم', 'مريم'],
  ['O’Brien & Söhne <b>', 'O’Brien & Söhne <b>'],
  ['Ada\r\nBcc: victim', 'Ada Bcc: victim'],
  ['Ada\u202egnp.exe', 'Ada gnp.exe'],
])('greets %j as %j', (name, greeted) => {
  // The last one has a file ending that reads like a domain, so it is not greeted at all.
  expect(greetingName(name)).toBe(name.includes('exe') ? undefined : greeted)
})

test.each(['Win at https://evil.example', 'www.evil.example', 'evil.com', 'mail me@evil', '', ' \u0000 ', 'пример.рф'])(
  'does not greet by %j: a stranger could advertise with it',
  (name) => {
    expect(greetingName(name)).toBeUndefined()
  },
)

test('a long name is cut at 60 characters, never within one', () => {
  expect(greetingName('🦜'.repeat(100))).toBe(`${'🦜'.repeat(60)}…`)
})
