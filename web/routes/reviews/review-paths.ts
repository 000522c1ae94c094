import type { ReviewSort } from '#src/features/reviews/index.ts'
import { href } from 'react-router'

/** The orders that the page offers; what is helpful is not known yet. */
export const sortLabels = { newest: 'Newest', highest: 'Highest', lowest: 'Lowest' } as const satisfies Partial<
  Record<ReviewSort, string>
>
export type PageSort = keyof typeof sortLabels

export const sortOf = (text: string | null): PageSort =>
  text !== null && Object.hasOwn(sortLabels, text) ? (text as PageSort) : 'newest'

interface List {
  readonly slug: string
  readonly sort?: PageSort
  readonly cursor?: string
}

export function reviewsHref({ slug, sort = 'newest', cursor }: List): string {
  const query = new URLSearchParams({ ...(sort !== 'newest' && { sort }), ...(cursor !== undefined && { cursor }) })
  return `${href('/agents/:slug/reviews', { slug })}${query.size === 0 ? '' : `?${query}`}`
}

export const writeHref = (slug: string): string => href('/agents/:slug/reviews/new', { slug })

export const reviewHref = (slug: string, id: string): string => href('/agents/:slug/reviews/:id', { slug, id })
