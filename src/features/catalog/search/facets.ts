// How many agents a search finds, and how many of them have which tag.
import { sql } from 'drizzle-orm'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { TagCount } from '../schema.ts'
import { listedCount } from './dictionary.ts'
import type { Condition } from './interpret.ts'
import { allOf, quoted, sampleLexeme, sampleRates } from './lexemes.ts'

/** Matches that are counted one by one, at about 2.5 µs each; more are estimated from a sample. */
export const countedMax = 5000
/** A smaller sample is more than 5 % off too often. */
const sampleMin = 400
const facetTagsMax = 40

export interface Facets {
  /** `isExact: false`: rounded to two digits, to be shown as "about". */
  readonly total: { readonly count: number; readonly isExact: boolean }
  /** Commonest first, 40 at most. */
  readonly tags: TagCount[]
}

/** Exact up to 5,000 matches, estimated above. One round trip; a wrong expectation costs more of them, five at most. */
export async function countFacets(reader: Reader, condition: Condition | undefined): Promise<Facets> {
  const expected = condition?.expectedCount ?? (await listedCount(reader))
  const rates = [1, ...sampleRates] as const
  const largest = rates.length - 1
  const countAt = (level: number) => countTags(reader, { condition, rate: rates[level] ?? 1 })

  const fitting = rates.findIndex((rate) => expected / rate <= countedMax)
  let level = fitting === -1 ? largest : fitting
  let counts = await countAt(level)
  while (counts.total < sampleMin && level > 0) counts = await countAt((level -= 1))
  while (counts.total > countedMax && level < largest) counts = await countAt((level += 1))

  const rate = rates[level] ?? 1
  if (rate === 1) return { total: { count: counts.total, isExact: true }, tags: counts.tags }
  const estimate = (count: number): number => Number((count * rate).toPrecision(2))
  return {
    total: { count: estimate(counts.total), isExact: false },
    tags: counts.tags.map((tag) => ({ ...tag, count: estimate(tag.count) })),
  }
}

interface TagCounts {
  /** Stops one past `countedMax`. */
  readonly total: number
  readonly tags: TagCount[]
}

async function countTags(
  reader: Reader,
  { condition, rate }: { condition: Condition | undefined; rate: 1 | (typeof sampleRates)[number] },
): Promise<TagCounts> {
  const queries = [
    ...(condition === undefined ? [] : [condition.query]),
    ...(rate === 1 ? [] : [quoted(sampleLexeme(rate))]),
  ]
  const matching = queries.length === 0 ? sql`true` : sql`document @@ (SELECT ${allOf(queries)}::tsquery)`
  const rows = rowsOf<{ slug: string | null; name: string; count: number }>(
    await reader.execute(sql`
      WITH matches AS MATERIALIZED (SELECT tags FROM agent_search WHERE ${matching} LIMIT ${countedMax + 1})
      SELECT NULL AS slug, '' AS name, count(*)::integer AS count FROM matches
      UNION ALL
      (SELECT tags.slug, tags.name, counted.count FROM (
          SELECT slug, count(*)::integer AS count FROM matches CROSS JOIN unnest(matches.tags) AS slug
          GROUP BY slug ORDER BY 2 DESC, 1 LIMIT ${facetTagsMax}
        ) AS counted JOIN tags USING (slug)
        ORDER BY 3 DESC, 1)`),
  )
  const [first, ...counted] = rows
  return { total: first?.count ?? 0, tags: counted.map(({ slug, name, count }) => ({ slug: slug ?? '', name, count })) }
}
