import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { suggest as similarTerms } from '../search/dictionary.ts'
import { nearestTerm } from '../search/spelling.ts'
import { queryWords } from '../search/words.ts'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { typedKeys } from './keys.ts'
import type { Suggestions } from './schema.ts'

const suggestionsMax = 8
const tagsMax = 3
/**
 * Up to here all keys of a beginning are read and the best kept. A beginning of more is so common that the best agents of all
 * are walked through until enough of them have it: at 100,000 agents either takes about a millisecond.
 */
const keysReadMax = 2000
/** Where a common beginning belongs to poor agents only, the walk ends here, and what was read before has to do. */
const walkedMax = 8000
/** An agent may have several keys with the same beginning, so that more rows than agents are taken. */
const rowsMax = 4 * suggestionsMax

/**
 * What somebody may mean who has typed this much: agents by the beginning of a word of their name, best first, then by that of
 * their publisher's; and tags. Words that nobody has are corrected when nothing else is found. At most 8 altogether, in one
 * round trip; in three where something was misspelt.
 */
export async function suggest({ db }: { db: Reader }, typed: string): Promise<Suggestions> {
  const found = await lookUp(db, typed)
  if (found === undefined) return { agents: [], tags: [] }
  if (found.agents.length + found.tags.length > 0) return found
  const corrected = await correct(db, typed)
  return (corrected === undefined ? undefined : await lookUp(db, corrected)) ?? found
}

interface FoundRow {
  readonly kind: 'agent' | 'tag'
  readonly slug: string
  readonly name: string
  readonly tagline: string
}

/** Undefined: what was typed has neither letters nor digits. */
async function lookUp(db: Reader, typed: string): Promise<Suggestions | undefined> {
  const [key, compact = key] = typedKeys(typed)
  if (key === undefined) return undefined
  const begins = (column: SQL): SQL => sql`(starts_with(${column}, ${key}) OR starts_with(${column}, ${compact}))`
  const walk = ({ isName }: { isName: boolean }): SQL => sql`
    SELECT agent_id, is_name, quality FROM (
      SELECT * FROM agent_suggestions WHERE is_name = ${isName} ORDER BY quality DESC, agent_id DESC LIMIT ${walkedMax}
    ) AS walked
    WHERE ${begins(sql`key`)} ORDER BY quality DESC, agent_id DESC LIMIT ${rowsMax}`
  const rows = rowsOf<FoundRow>(
    await db.execute(sql`
      WITH tag AS MATERIALIZED (
        SELECT slug, name FROM tags
        WHERE (${begins(sql`lower(name)`)} OR starts_with(slug, ${key.replaceAll(' ', '-')})
            OR position(${` ${key}`} IN lower(name)) > 0)
          AND EXISTS (SELECT FROM agent_tags JOIN agent_search USING (agent_id) WHERE tag_id = tags.id)
        ORDER BY name, slug LIMIT ${tagsMax}
      ),
      read AS MATERIALIZED (
        SELECT near.* FROM unnest(${sql.param([...new Set([key, compact])])}::text[]) AS typed(key) CROSS JOIN LATERAL (
          SELECT agent_id, is_name, quality FROM agent_suggestions AS listed
          WHERE listed.key >= typed.key COLLATE "C" AND listed.key < (typed.key || chr(1114111)) COLLATE "C"
          LIMIT ${keysReadMax + 1}
        ) AS near
      ),
      by_name AS MATERIALIZED (
        SELECT * FROM (${walk({ isName: true })}) AS walked WHERE (SELECT count(*) FROM read) > ${keysReadMax}
      ),
      by_publisher AS MATERIALIZED (
        SELECT * FROM (${walk({ isName: false })}) AS walked
        WHERE (SELECT count(*) FROM read) > ${keysReadMax}
          AND (SELECT count(DISTINCT agent_id) FROM by_name) < ${suggestionsMax}
      ),
      best AS (
        SELECT agent_id, bool_or(is_name) AS is_name, max(quality) AS quality FROM (
          (SELECT * FROM read ORDER BY is_name DESC, quality DESC, agent_id DESC LIMIT ${rowsMax})
          UNION ALL SELECT * FROM by_name UNION ALL SELECT * FROM by_publisher
        ) AS found
        GROUP BY agent_id ORDER BY 2 DESC, 3 DESC, 1 DESC LIMIT ${suggestionsMax} - (SELECT count(*) FROM tag)
      )
      SELECT 'tag' AS kind, slug, name, '' AS tagline FROM tag
      UNION ALL
      (SELECT 'agent', slug, name, tagline FROM best JOIN agents ON agents.id = agent_id
        ORDER BY is_name DESC, quality DESC, agent_id DESC)`),
  )
  const of = (kind: FoundRow['kind']): FoundRow[] => rows.filter((row) => row.kind === kind)
  return {
    agents: of('agent').map(({ slug, name, tagline }) => ({ slug, name, tagline })),
    tags: of('tag').map(({ slug, name }) => ({ slug, name })),
  }
}

/** Each word that can be misspelt as the listed word it is nearest to; undefined when that changes nothing. */
async function correct(db: Reader, typed: string): Promise<string | undefined> {
  const words = queryWords(typed)
  const doubtful = words.filter(({ isCorrectable }) => isCorrectable).map(({ text }) => text)
  if (doubtful.length === 0) return undefined
  const similar = await similarTerms(db, { words: doubtful, name: '' })
  const corrected = words.map(({ text }) => nearestTerm(text, similar.words.get(text)?.near ?? [])?.term ?? text)
  return corrected.every((word, place) => word === words[place]?.text) ? undefined : corrected.join(' ')
}
