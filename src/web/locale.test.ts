import { expect, it } from 'vitest'
import { localeOf } from './locale.ts'

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['*', 'en'],
  ['de-DE,de;q=0.9,en;q=0.8', 'de-DE'],
  ['en;q=0.5, fr-CH', 'fr-CH'],
  ['tlh, x-klingon;q=0.9, sv;q=0.1', 'sv'],
  ['de;q=0, fr', 'fr'],
  ['ar-EG-u-nu-arab', 'ar-EG'],
  ['DE-at', 'de-AT'],
  ['de_DE', 'en'],
  ['"; DROP TABLE', 'en'],
  [`de${',de'.repeat(400)}`, 'en'],
])('of %j is %s', (header, locale) => {
  expect(localeOf(header)).toBe(locale)
})
