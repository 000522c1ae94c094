import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ratingOf } from './rating.ts'

const none = { 5: 0, 4: 0, 3: 0, 2: 0, 1: 0 }

describe('the rating of an agent', () => {
  it('is not said of fewer than three reviews', () => {
    expect(ratingOf(none)).toMatchObject({ count: 0, rating: null, mean: null })
    expect(ratingOf({ ...none, 5: 2 })).toMatchObject({ count: 2, rating: null, mean: null })
  })

  it('begins near 3.5, and comes to the plain mean as reviews come', () => {
    expect(ratingOf({ ...none, 5: 3 })).toMatchObject({ count: 3, rating: 3.8, mean: 5 })
    expect(ratingOf({ ...none, 5: 30, 4: 10 })).toMatchObject({ count: 40, rating: 4.5, mean: 4.8 })
    expect(ratingOf({ ...none, 1: 10_000 })).toMatchObject({ rating: 1, mean: 1 })
  })

  it('lies between the mean and 3.5', () => {
    const count = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(count, count, count, count, count, (a, b, c, d, e) => {
        const { rating, mean } = ratingOf({ 5: a, 4: b, 3: c, 2: d, 1: e })
        if (rating === null || mean === null) return a + b + c + d + e < 3
        return rating >= Math.min(mean, 3.5) && rating <= Math.max(mean, 3.5)
      }),
    )
  })
})
