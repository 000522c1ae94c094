// How many agents a search finds, and how many of them have which tag, price, state.
import { sql } from 'drizzle-orm'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { availabilitySchema, priceModelSchema } from '../schema.ts'
import type { Availability, PriceModel, TagCount } from '../schema.ts'
import { listedCount } from './dictionary.ts'
import type { Condition } from './interpret.ts'
import { allOf, quoted, sampleLexeme, sampleRates } from './lexemes.ts'
import type { ChoiceGroup, Trait } from './traits.ts'

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
  /** Every value, also those that nobody has. */
  readonly prices: { readonly value: PriceModel; readonly count: number }[]
  readonly statuses: { readonly value: Availability; readonly count: number }[]
  readonly withTrial: number
  readonly verified: number
}

interface CountRequest {
  readonly condition: Condition | undefined
  /** For each group in which something is chosen, the condition without that choice. */
  readonly without: ReadonlyMap<ChoiceGroup, Condition | undefined>
}

/**
 * Exact up to 5,000 matches, estimated above. Of a group in which one of several is enough, each value is counted as if nothing of
 * the group were chosen: what choosing it as well would bring. One round trip and one for each such group; a wrong expectation
 * costs more of them, five at most each.
 */
export async function countFacets(reader: Reader, { condition, without }: CountRequest): Promise<Facets> {
  const { total, tags, traits: found } = await estimate(reader, condition)
  const traits = new Map(found)
  for (const [group, wider] of without) {
    const isOfGroup = (trait: Trait): boolean => trait.startsWith(`${group}:`)
    for (const trait of found.keys()) if (isOfGroup(trait)) traits.delete(trait)
    for (const [trait, count] of (await estimate(reader, wider)).traits) if (isOfGroup(trait)) traits.set(trait, count)
  }
  const countOf = (trait: Trait): number => traits.get(trait) ?? 0
  return {
    total,
    tags,
    prices: priceModelSchema.options.map((value) => ({ value, count: countOf(`price:${value}`) })),
    statuses: availabilitySchema.options.map((value) => ({ value, count: countOf(`status:${value}`) })),
    withTrial: countOf('trial:yes'),
    verified: countOf('verified:yes'),
  }
}

interface Estimate extends Pick<Facets, 'total' | 'tags'> {
  readonly traits: ReadonlyMap<Trait, number>
}

async function estimate(reader: Reader, condition: Condition | undefined): Promise<Estimate> {
  const expected = condition?.expectedCount ?? (await listedCount(reader))
  const rates = [1, ...sampleRates] as const
  const largest = rates.length - 1
  const countAt = (level: number) => countMatches(reader, { condition, rate: rates[level] ?? 1 })

  const fitting = rates.findIndex((rate) => expected / rate <= countedMax)
  let level = fitting === -1 ? largest : fitting
  let counts = await countAt(level)
  while (counts.total < sampleMin && level > 0) counts = await countAt((level -= 1))
  while (counts.total > countedMax && level < largest) counts = await countAt((level += 1))

  const rate = rates[level] ?? 1
  const scaled = (count: number): number => (rate === 1 ? count : Number((count * rate).toPrecision(2)))
  return {
    total: { count: scaled(counts.total), isExact: rate === 1 },
    tags: counts.tags.map((tag) => ({ ...tag, count: scaled(tag.count) })),
    traits: new Map(counts.traits.map(({ trait, count }) => [trait, scaled(count)])),
  }
}

interface Counts {
  /** Stops one past `countedMax`. */
  readonly total: number
  readonly tags: TagCount[]
  readonly traits: { readonly trait: Trait; readonly count: number }[]
}

async function countMatches(
  reader: Reader,
  { condition, rate }: { condition: Condition | undefined; rate: 1 | (typeof sampleRates)[number] },
): Promise<Counts> {
  const queries = [
    ...(condition === undefined ? [] : [condition.query]),
    ...(rate === 1 ? [] : [quoted(sampleLexeme(rate))]),
  ]
  const matching = queries.length === 0 ? sql`true` : sql`document @@ (SELECT ${allOf(queries)}::tsquery)`
  const rows = rowsOf<{ kind: 'total' | 'trait' | 'tag'; mark: string; name: string; count: number }>(
    await reader.execute(sql`
      WITH matches AS MATERIALIZED (SELECT tags, traits FROM agent_search WHERE ${matching} LIMIT ${countedMax + 1}),
      counted AS MATERIALIZED (
        SELECT mark, count(*)::integer AS count FROM matches CROSS JOIN unnest(matches.tags || matches.traits) AS mark
        GROUP BY mark
      )
      SELECT 'total' AS kind, '' AS mark, '' AS name, count(*)::integer AS count FROM matches
      UNION ALL
      SELECT 'trait', mark, '', count FROM counted WHERE strpos(mark, ':') > 0
      UNION ALL
      (SELECT 'tag', tags.slug, tags.name, commonest.count FROM (
          SELECT mark, count FROM counted WHERE strpos(mark, ':') = 0 ORDER BY count DESC, mark LIMIT ${facetTagsMax}
        ) AS commonest JOIN tags ON tags.slug = commonest.mark
        ORDER BY commonest.count DESC, tags.slug)`),
  )
  return {
    total: rows.find(({ kind }) => kind === 'total')?.count ?? 0,
    tags: rows.filter(({ kind }) => kind === 'tag').map(({ mark, name, count }) => ({ slug: mark, name, count })),
    // The cast: what is not a tag is one of the traits that refreshing wrote.
    traits: rows.filter(({ kind }) => kind === 'trait').map(({ mark, count }) => ({ trait: mark as Trait, count })),
  }
}
