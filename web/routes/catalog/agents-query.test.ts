import { describe, expect, it } from 'vitest'
import { agentsHref, readAgentsQuery, toggleTag } from './agents-query.ts'

const read = (query: string) => readAgentsQuery(new URLSearchParams(query))

describe('readAgentsQuery', () => {
  it('reads what agentsHref writes', () => {
    const query = {
      q: 'c++ & "quotes"',
      tags: ['coding', 'self-hosted'],
      sort: 'name',
      cursor: 'abc',
      exact: true,
    } as const
    expect(read(agentsHref(query).split('?')[1] ?? '')).toEqual(query)
  })

  it('leaves out what is odd instead of refusing the page', () => {
    expect(read('q=%20%20&tag=Not%20a%20slug&tag=coding&tag=coding&sort=toString&cursor=&exact=yes')).toEqual({
      q: '',
      tags: ['coding'],
      sort: 'relevance',
      cursor: undefined,
      exact: false,
    })
  })

  it('limits how much of a long address comes back in every link', () => {
    const { q, tags } = read(`q=${'x'.repeat(5_000)}${Array.from({ length: 50 }, (_, n) => `&tag=t${n}`).join('')}`)
    expect(q).toHaveLength(200)
    expect(tags).toHaveLength(8)
  })
})

describe('agentsHref', () => {
  it('gives one address to one search: defaults are left out', () => {
    expect(agentsHref({})).toBe('/agents')
    expect(agentsHref({ q: '', tags: [], sort: 'relevance', cursor: undefined, exact: false })).toBe('/agents')
  })
})

describe('toggleTag', () => {
  const query = read('q=web&tag=coding&cursor=abc')

  it('adds or removes a tag, keeps the words and starts at the first page', () => {
    expect(toggleTag(query, 'data')).toMatchObject({ q: 'web', tags: ['coding', 'data'], cursor: undefined })
    expect(toggleTag(query, 'coding')).toMatchObject({ q: 'web', tags: [], cursor: undefined })
  })
})
