import { expect, test } from 'vitest'
import { readability } from '#src/features/sample-agents/listed/readability.ts'
import { keyOf, linesMax, proverbCount, proverbs, textsOf } from '../../examples/readability/src/texts.ts'

test('a form is one text, or a text a line without the empty ones', () => {
  const text = ' A bridge.\n\n  Seven arches a side. \n'
  expect(textsOf({ text, readsLines: false })).toEqual(['A bridge.\n\n  Seven arches a side.'])
  expect(textsOf({ text, readsLines: true })).toEqual(['A bridge.', 'Seven arches a side.'])
})

test('nothing, too much and too many lines are refused in words', () => {
  const lines = (count: number) => textsOf({ text: 'A line.\n'.repeat(count), readsLines: true })
  expect(textsOf({ text: ' \n ', readsLines: true })).toBe('There is no text to read.')
  expect(textsOf({ text: 'x'.repeat(20_001), readsLines: false })).toBe('The text is too long.')
  expect(lines(linesMax)).toHaveLength(linesMax)
  expect(lines(linesMax + 1)).toBe('At most 250 lines are read at a time.')
})

test('the same line of the same form is the same use; other words under its id, or another line, are another', () => {
  const sent = { requestId: 'a form', line: 7, text: 'A bridge.' }
  expect(keyOf({ ...sent })).toBe(keyOf(sent))
  const others = [{ text: 'Another bridge.' }, { line: 8 }, { requestId: 'another form' }]
  expect(new Set([sent, ...others.map((other) => ({ ...sent, ...other }))].map(keyOf))).toHaveProperty('size', 4)
})

test('there are more proverbs than the tier with the trial includes, and each is a text of its own', () => {
  const texts = textsOf({ text: proverbs, readsLines: true })
  expect(texts).toHaveLength(proverbCount)
  expect(new Set(texts).size).toBe(proverbCount)
  const [tried] = readability.tiers.filter(({ trialDays }) => trialDays > 0)
  expect(proverbCount).toBeGreaterThan(tried?.units['texts'] ?? Infinity)
})
