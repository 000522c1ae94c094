import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lookupVariants, nearestTerm, slipsBetween, variantsOf } from './spelling.ts'

const word = fc.string({ unit: fc.constantFrom(...'abcdefg'), minLength: 5, maxLength: 12 })

describe('variants', () => {
  test('a word with one slip shares a variant with the term it was meant to be', () => {
    fc.assert(
      fc.property(
        word,
        fc.nat(),
        fc.constantFrom('out', 'in', 'change', 'swap'),
        fc.constantFrom(...'abcxyz'),
        (term, at, slip, letter) => {
          const letters = [...term]
          const index = at % (letters.length - 1)
          const typed = {
            out: letters.toSpliced(index, 1),
            in: letters.toSpliced(index, 0, letter),
            change: letters.with(index, letter),
            swap: letters.with(index, letters[index + 1] ?? '').with(index + 1, letters[index] ?? ''),
          }[slip].join('')
          const variants = new Set(variantsOf(term))
          expect(lookupVariants(typed).some((variant) => variants.has(variant))).toBe(true)
          expect(slipsBetween(typed, term)).toBeLessThanOrEqual(1)
        },
      ),
      { seed: 1, numRuns: 500 },
    )
  })

  test('terms that nothing is corrected to have none', () => {
    for (const term of ['ab', 'c3po', '#coding', 'a'.repeat(21)]) expect(variantsOf(term)).toEqual([])
  })
})

describe('slipsBetween', () => {
  test.each([
    ['agnet', 'agent', 1],
    ['opnhands', 'openhands', 1],
    ['reserch', 'research', 1],
    ['progamimng', 'programming', 2],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%s and %s', (a, b, slips) => {
    expect(slipsBetween(a, b)).toBe(slips)
    expect(slipsBetween(b, a)).toBe(slips)
  })
})

describe('nearestTerm', () => {
  const terms = (...list: [string, number][]) => list.map(([term, agentCount]) => ({ term, agentCount }))

  test('takes fewer slips before commoner words, and the same first letter before another', () => {
    expect(nearestTerm('agnet', terms(['agnes', 900], ['agent', 5]))?.term).toBe('agnes')
    expect(nearestTerm('agnet', terms(['magnet', 900], ['agent', 5]))?.term).toBe('agent')
    expect(nearestTerm('resaerch', terms(['research', 1], ['resale', 900]))?.term).toBe('research')
  })

  test('short words may have one slip only', () => {
    expect(nearestTerm('abcd', terms(['abxy', 100]))).toBeUndefined()
    expect(nearestTerm('abcdefg', terms(['abcdexy', 100]))?.term).toBe('abcdexy')
  })
})
