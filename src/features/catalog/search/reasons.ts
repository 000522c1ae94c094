// Why an agent stands where it stands in a search by relevance: the very numbers that its score is made of.
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { isoTime } from '../cards.ts'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { RankingReason } from '../schema.ts'
import type { TextSearch } from './interpret.ts'
import type { Weight } from './lexemes.ts'
import { qualityParts } from './quality.ts'
import type { Page } from './pages.ts'
import { isNamed, namesakeFactor, scoreOf, textRankOf } from './ranked.ts'

const places: Readonly<Record<Weight, RankingReason['words'][number]['places'][number]>> = {
  A: 'name',
  B: 'tagline-or-tags',
  C: 'capabilities',
  D: 'description',
}
const weights = Object.keys(places) as Weight[]

interface ReasonRow extends Omit<RankingReason, 'words' | 'namesakeFactor' | 'isRanked'> {
  readonly agentId: string
  readonly slug: string
  readonly isNamesake: boolean
  /** Which of the probes it has, from 1. */
  readonly hits: number[]
}

/** By slug. One round trip. */
export async function readReasons(
  reader: Reader,
  { textSearch, page }: { textSearch: TextSearch; page: Page },
): Promise<Map<string, RankingReason>> {
  const probes = textSearch.words.flatMap(({ queryIn }, word) =>
    weights.map((weight) => ({ word, weight, query: queryIn(weight) })),
  )
  const parts = qualityParts(sql`agent_search`)
  const factor = (part: SQL): SQL => sql`exp(${part})::double precision`
  const rows = rowsOf<ReasonRow>(
    await reader.execute(sql`
      WITH probes AS MATERIALIZED (
        SELECT query::tsquery, position
        FROM unnest(${sql.param(probes.map(({ query }) => query))}::text[]) WITH ORDINALITY AS probe(query, position)
      )
      SELECT agent_id AS "agentId", slug, ${textRankOf(textSearch)} AS "textRank", ${isNamed(textSearch)} AS "isNamesake",
        json_build_object('count', review_count, 'ratingSum', rating_sum, 'factor', ${factor(parts.rating)}) AS reviews,
        json_build_object('count', installs, 'factor', ${factor(parts.installs)}) AS installs,
        json_build_object('at', ${isoTime(sql`agent_search.updated_at`)}, 'factor', ${factor(parts.updated)}) AS updated,
        ${scoreOf(textSearch)} AS score,
        ARRAY(SELECT position::integer FROM probes WHERE document @@ probes.query ORDER BY position) AS hits
      FROM agent_search JOIN agents ON agents.id = agent_id WHERE agent_id = ANY(${sql.param(page.agentIds)}::uuid[])`),
  )
  return new Map(
    rows.map(({ agentId, slug, isNamesake, hits, ...row }) => [
      slug,
      {
        ...row,
        isRanked: page.rankedIds.has(agentId),
        namesakeFactor: isNamesake ? namesakeFactor : 1,
        words: textSearch.words.map(({ label }, word) => ({
          word: label,
          places: probes.flatMap((probe, index) =>
            probe.word === word && hits.includes(index + 1) ? [places[probe.weight]] : [],
          ),
        })),
      },
    ]),
  )
}
