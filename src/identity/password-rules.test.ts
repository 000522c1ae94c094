import { expect, test } from 'vitest'
import { createPasswordRule } from './password-rules.ts'

const rule = createPasswordRule()
const owner = { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' }

test.each([
  ['', 'missing'],
  ['ninechars', 'too_short'],
  ['🦜'.repeat(9), 'too_short'],
  ['x'.repeat(129), 'too_long'],
  ['qwertyuiop', 'common'],
  ['QWERTYUIOP', 'common'],
  ['ｑwertyuiop', 'common'],
  ['1234567890', 'common'],
  ['aaaaaaaaaaaa', 'common'],
  ['ada.lovelace1', 'personal'],
  ['Ada.Lovelace@example.com', 'personal'],
  ['rialtorialto', 'personal'],
])('%j is refused: %s', (password, problem) => {
  expect(rule(password, owner)).toBe(problem)
})

test.each([
  'correct horse battery',
  'ten chars!',
  'ada and something much longer',
  '🦜🐎🐢🐙🦑🦐🦞🦀🐡🐠',
  'x y'.repeat(42),
])('%j may be used', (password) => {
  expect(rule(password, owner)).toBeUndefined()
})

test('a short or empty name rules nothing out', () => {
  expect(rule('a perfectly fine sentence', { email: 'a@b.example', name: '' })).toBeUndefined()
})
