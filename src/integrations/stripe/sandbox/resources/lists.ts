import { invalid, missing } from '../errors.ts'
import type { Store } from '../store.ts'
import type { Kind } from '../vocabulary.ts'

const sizeDefault = 10
const sizeMax = 100

interface Page {
  limit?: number
  starting_after?: string
  ending_before?: string
  created?: number | { gt?: number; gte?: number; lt?: number; lte?: number }
}

interface ListInput {
  readonly kind: Kind
  readonly url: string
  readonly page: Page
  /** Fields that must be as given; undefined ones don't count. */
  readonly where?: Record<string, unknown>
  /** More SQL over `doc`; its values follow `$2`. */
  readonly and?: readonly { sql: (place: string) => string; value: unknown }[]
}

/** Newest first, as Stripe lists; https://docs.stripe.com/api/pagination */
export async function list(store: Store, { kind, url, page, where = {}, and = [] }: ListInput) {
  const limit = page.limit ?? sizeDefault
  if (limit < 1 || limit > sizeMax) {
    throw invalid(`Invalid integer: limit must be between 1 and ${sizeMax}`, { param: 'limit' })
  }
  const values: unknown[] = [kind, JSON.stringify(where)]
  const conditions = ['kind = $1', 'doc @> $2', `doc->>'deleted' IS NULL`]
  const add = (sql: (place: string) => string, value: unknown): void => {
    values.push(value)
    conditions.push(sql(`$${values.length}`))
  }
  for (const { sql, value } of and) add(sql, value)
  const created = typeof page.created === 'number' ? { gte: page.created, lte: page.created } : (page.created ?? {})
  for (const [name, operator] of [
    ['gt', '>'],
    ['gte', '>='],
    ['lt', '<'],
    ['lte', '<='],
  ] as const) {
    if (created[name] !== undefined) add((place) => `(doc->>'created')::bigint ${operator} ${place}`, created[name])
  }
  const cursor = page.starting_after ?? page.ending_before
  if (cursor !== undefined) {
    const param = page.starting_after === undefined ? 'ending_before' : 'starting_after'
    if ((await store.findAny(cursor))?.object !== kind) throw missing(kind, cursor, param)
    const operator = param === 'starting_after' ? '<' : '>'
    add((place) => `seq ${operator} (SELECT seq FROM stripe_sandbox.objects WHERE id = ${place})`, cursor)
  }
  const isBackwards = page.starting_after === undefined && page.ending_before !== undefined
  const order = isBackwards ? 'ASC' : 'DESC'
  const found = await store.read(`${conditions.join(' AND ')} ORDER BY seq ${order} LIMIT ${limit + 1}`, values)
  const data = found.slice(0, limit)
  return { object: 'list' as const, data: isBackwards ? data.toReversed() : data, has_more: found.length > limit, url }
}
