import { expect, it } from 'vitest'
import { wordsOfUse } from './words-of-use.ts'

const use = { times: 312, isMore: false, firstDay: '2026-07-20', lastDay: '2026-11-21' }

it.each([
  [{}, 'Used 312 times over 4 months'],
  [{ times: 1, lastDay: '2026-07-20' }, 'Used once'],
  [{ times: 2, lastDay: '2026-07-20' }, 'Used twice on one day'],
  [{ times: 5, lastDay: '2026-07-21' }, 'Used 5 times over 2 days'],
  [{ lastDay: '2026-08-01' }, 'Used 312 times over 13 days'],
  [{ lastDay: '2026-08-02' }, 'Used 312 times over 2 weeks'],
  [{ lastDay: '2026-09-17' }, 'Used 312 times over 9 weeks'],
  [{ lastDay: '2026-09-18' }, 'Used 312 times over 2 months'],
  [{ lastDay: '2028-06-01' }, 'Used 312 times over 22 months'],
  [{ lastDay: '2028-11-01' }, 'Used 312 times over 2 years'],
  [{ times: 1_000, isMore: true }, 'Used more than 1,000 times over 4 months'],
])('%j is “%s”', (change, words) => {
  expect(wordsOfUse({ ...use, ...change }, 'en')).toBe(words)
})
