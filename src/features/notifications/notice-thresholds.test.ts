import { expect, test } from 'vitest'
import { parseThresholds } from './notice-thresholds.ts'

test.each([
  ['80, 100', [80, 100]],
  ['100 50', [50, 100]],
  ['50 %, 80% and 100 %', [50, 80, 100]],
  ['5;5;5', [5]],
  ['', []],
  ['  ', []],
  ['1 2 3 4 5', [1, 2, 3, 4, 5]],
])('reads %j', (typed, percents) => {
  expect(parseThresholds(typed)).toEqual(percents)
})

test.each(['0', '101', '1.5', '-5', 'often', '1 2 3 4 5 6', '1e2', '٥', '5\0', '1, '.repeat(40)])(
  'refuses %j',
  (typed) => {
    expect(parseThresholds(typed)).toBeUndefined()
  },
)
