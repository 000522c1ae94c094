import { describe, expect, it } from 'vitest'
import { askedOf, filteredHref, filterOf, isFiltered, wordsOf } from './receipt-filter.ts'

const read = (query: string) => filterOf(new URLSearchParams(query))

describe('the filter of receipts', () => {
  it('reads what it knows, and both days are in', () => {
    const filter = read('metric=texts&type=refund&from=2026-11-01&to=2026-11-02')
    expect(askedOf(filter)).toEqual({
      metric: 'texts',
      type: 'refund',
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-03T00:00:00.000Z',
    })
    expect(isFiltered(filter)).toBe(true)
  })

  it.each([
    'metric=Texts!',
    'type=toString',
    'from=2026-02-31',
    'from=1969-12-31',
    'to=yesterday',
    'metric=%00',
    'from=99999-01-01',
  ])('leaves out %s', (query) => {
    expect(isFiltered(read(query))).toBe(false)
  })

  it('stands in the address as it was read', () => {
    const filter = read('to=2026-11-02&metric=texts')
    expect(filteredHref('/usage', filter, 'abc')).toBe('/usage?metric=texts&to=2026-11-02&cursor=abc')
    expect(filteredHref('/usage', {})).toBe('/usage')
  })
})

describe('what an entry is called', () => {
  it.each([
    [{ type: 'adjust', delta: 1, metadata: {} }, 'Added'],
    [{ type: 'adjust', delta: -1, metadata: {} }, 'Removed'],
    [{ type: 'adjust', delta: -1, metadata: { by: 'operator' } }, 'Set right'],
    [{ type: 'consume', delta: 1, metadata: {} }, 'Used'],
    [{ type: 'something_new', delta: 1, metadata: {} }, 'something_new'],
  ])('%j: %s', (entry, words) => {
    expect(wordsOf(entry)).toBe(words)
  })
})
