import { expect, test } from 'vitest'
import { isSlug, mayManage, slugOf } from './rules.ts'

test.each([
  ['Ada & Söhne', 'ada-sohne'],
  ['  Rialto  ', 'rialto'],
  ['東京', ''],
  ['x'.repeat(60), 'x'.repeat(48)],
])('the address of %s is “%s”', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})

test.each(['', '-a', 'a-', 'a--b', 'A', 'a b', 'a/b', 'x'.repeat(49)])('“%s” is no address', (text) => {
  expect(isSlug(text)).toBe(false)
})

test('admins manage everybody but owners, members nobody', () => {
  expect(mayManage('admin', 'member')).toBe(true)
  expect(mayManage('admin', 'admin')).toBe(true)
  expect(mayManage('admin', 'owner')).toBe(false)
  expect(mayManage('owner', 'owner')).toBe(true)
  expect(mayManage('member', 'member')).toBe(false)
})
