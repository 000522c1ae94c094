import { describe, expect, it } from 'vitest'
import { compareHref, readCompareQuery } from './compare-query.ts'

const read = (query: string) => readCompareQuery(new URLSearchParams(query))

describe('the address of a comparison', () => {
  it('names its agents in order, each once', () => {
    expect(read('agent=a&agent=b&agent=a').agents).toEqual(['a', 'b'])
    expect(compareHref({ agents: ['a', 'b'] })).toBe('/compare?agent=a&agent=b')
    expect(compareHref({ agents: [] })).toBe('/compare')
  })

  it('keeps whether only differences are shown', () => {
    const href = compareHref({ agents: ['a', 'b'], onlyDifferences: true })
    expect(read(href.split('?')[1] ?? '')).toEqual({ agents: ['a', 'b'], add: '', onlyDifferences: true })
  })

  it('leaves out what can not be an agent, and what is beyond all use', () => {
    expect(read('agent=../x&agent=%00&agent=UPPER&agent=&agent=ok&show=whatever')).toEqual({
      agents: ['ok'],
      add: '',
      onlyDifferences: false,
    })
    expect(read(Array.from({ length: 100 }, (_, n) => `agent=a${n}`).join('&')).agents).toHaveLength(9)
    expect(read(`add=${'x'.repeat(1000)}`).add).toHaveLength(200)
  })
})
