import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numbersOf, plainArray, textArray } from './arrays.ts'

/** Reads an array literal by PostgreSQL's rules for quoted elements. */
const elements = (literal: string): (string | undefined)[] =>
  [...literal.slice(1, -1).matchAll(/"((?:[^"\\]|\\[\s\S])*)"|NULL/g)].map(([, quoted]) =>
    quoted?.replaceAll(/\\([\s\S])/g, '$1'),
  )

describe('array literals', () => {
  it('hold any text unchanged, and what is missing as NULL', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }), { nil: undefined })), (values) => {
        expect(elements(textArray(values))).toEqual(values)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('hold numbers and ids as they are', () => {
    expect(plainArray([1, -2, null, 'a-b'])).toBe('{1,-2,NULL,a-b}')
    expect(numbersOf('{100,0,50}')).toEqual([100, 0, 50])
  })
})
