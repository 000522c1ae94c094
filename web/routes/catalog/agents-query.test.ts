import { describe, expect, it } from 'vitest'
import { agentsHref, filtersInForce, readAgentsQuery, toggled, withoutFilters } from './agents-query.ts'

const read = (query: string) => readAgentsQuery(new URLSearchParams(query))
const nothing = {
  q: '',
  tags: [],
  prices: [],
  hasTrial: false,
  isVerified: false,
  statuses: [],
  sort: 'relevance',
  cursor: undefined,
  exact: false,
} as const

describe('readAgentsQuery', () => {
  it('reads what agentsHref writes', () => {
    const query = {
      q: 'c++ & "quotes"',
      tags: ['coding', 'self-hosted'],
      prices: ['free', 'none'],
      hasTrial: true,
      isVerified: true,
      statuses: ['coming-soon'],
      sort: 'top-rated',
      cursor: 'abc',
      exact: true,
    } as const
    expect(read(agentsHref(query).split('?')[1] ?? '')).toEqual(query)
  })

  it('leaves out what is odd instead of refusing the page', () => {
    expect(
      read(
        'q=%20%20&tag=Not%20a%20slug&tag=coding&tag=coding&price=gold&price=free&price=free&trial=1&verified=&status=toString&sort=toString&cursor=&exact=yes',
      ),
    ).toEqual({ ...nothing, tags: ['coding'], prices: ['free'] })
  })

  it('limits how much of a long address comes back in every link', () => {
    const { q, tags, prices } = read(
      `q=${'x'.repeat(5_000)}${Array.from({ length: 50 }, (_, n) => `&tag=t${n}&price=free`).join('')}`,
    )
    expect(q).toHaveLength(200)
    expect(tags).toHaveLength(8)
    expect(prices).toHaveLength(1)
  })
})

describe('agentsHref', () => {
  it('gives one address to one search: defaults are left out', () => {
    expect(agentsHref({})).toBe('/agents')
    expect(agentsHref(nothing)).toBe('/agents')
  })

  it('follows the address that is promised', () => {
    expect(agentsHref(read('cursor=c&sort=newest&status=unclaimed&verified=yes&trial=yes&price=free&tag=a&q=w'))).toBe(
      '/agents?q=w&tag=a&price=free&trial=yes&verified=yes&status=unclaimed&sort=newest&cursor=c',
    )
  })
})

describe('filters', () => {
  const query = read(
    'q=web&tag=coding&price=free&price=none&trial=yes&verified=yes&status=available&sort=newest&cursor=abc',
  )

  it('are taken away one by one, from the first page on, and nothing else with them', () => {
    const inForce = filtersInForce(query, (slug) => slug.toUpperCase())
    expect(inForce.map(({ name }) => name)).toEqual([
      'CODING',
      'Free tier',
      'Not sold here',
      'With a trial',
      'Verified publisher',
      'Available now',
    ])
    for (const { without } of inForce) {
      expect(without).toMatchObject({ q: 'web', sort: 'newest', cursor: undefined })
      expect(filtersInForce(without, String)).toHaveLength(inForce.length - 1)
    }
  })

  it('are all taken away at once, and the words and the order stay', () => {
    expect(withoutFilters(query)).toEqual({ ...nothing, q: 'web', sort: 'newest' })
  })

  it('are added and removed by the same link', () => {
    expect(toggled(['a'], 'b')).toEqual(['a', 'b'])
    expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
  })
})
