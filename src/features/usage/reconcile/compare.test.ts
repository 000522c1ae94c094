import { describe, expect, it } from 'vitest'
import { compare } from './compare.ts'

const key = { subscriptionId: 's', metricId: 'm', periodStart: '2026-11-01 00:00:00+00' }
const counter = { ...key, used: 5n, held: 2n, reserved: 2n }

describe('comparing counters with the ledger', () => {
  it('finds nothing where they agree, in however many pages the entries came', () => {
    expect(
      compare(
        [counter],
        [
          { ...key, sum: 7n },
          { ...key, sum: -2n },
        ],
      ),
    ).toEqual([])
    expect(compare([{ ...counter, used: 0n, held: 0n, reserved: 0n }], [])).toEqual([])
  })
  it('finds a counter that is not the sum of its entries', () => {
    expect(compare([counter], [{ ...key, sum: 6n }])).toMatchObject([{ ...key, used: '5', ledger: '6' }])
    expect(compare([counter], [])).toMatchObject([{ used: '5', ledger: '0' }])
  })
  it('finds a counter that holds other than its reservations do', () => {
    expect(compare([{ ...counter, reserved: 1n }], [{ ...key, sum: 5n }])).toMatchObject([{ held: '2', reserved: '1' }])
  })
  it('keeps periods apart', () => {
    expect(
      compare(
        [counter],
        [
          { ...key, sum: 5n },
          { ...key, periodStart: 'another', sum: 1n },
        ],
      ),
    ).toHaveLength(1)
  })
  it('finds entries that have no counter, unless they come to nothing', () => {
    expect(compare([], [{ ...key, sum: 3n }])).toMatchObject([{ used: '0', ledger: '3' }])
    expect(
      compare(
        [],
        [
          { ...key, sum: 3n },
          { ...key, sum: -3n },
        ],
      ),
    ).toEqual([])
  })
})
