// Keeping the dictionary of listed words: which words there are, right at once; how common they are, as of the last recount.
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { rowsOf } from '../reader.ts'
import { isMark } from './lexemes.ts'
import { variantsOf } from './spelling.ts'

const chunkTerms = 10_000

/**
 * Adds the words that the dictionary lacks. Words it has are left alone, common ones above all: every edit of any agent
 * would otherwise wait for every other at the row of "agent". In order, so that two of these can't block each other.
 */
export async function addTerms(tx: Transaction, words: ReadonlySet<string>): Promise<void> {
  const missing = rowsOf<{ word: string }>(
    await tx.execute(sql`
      SELECT word FROM unnest(${sql.param([...words])}::text[]) AS word
      WHERE NOT EXISTS (SELECT FROM agent_search_terms WHERE term = word COLLATE "C" AND unused_since IS NULL)
      ORDER BY word COLLATE "C"`),
  ).map(({ word }) => word)
  for (let start = 0; start < missing.length; start += chunkTerms) {
    const chunk = missing.slice(start, start + chunkTerms)
    const variants = chunk.map((word) => variantsOf(word).join(' '))
    await tx.execute(sql`
      INSERT INTO agent_search_terms (term, lexeme, variants)
      SELECT word, lexeme, string_to_array(variants, ' ')
      FROM unnest(${sql.param(chunk)}::text[], ${sql.param(variants)}::text[]) AS added(word, variants)
      CROSS JOIN LATERAL (SELECT CASE WHEN ${isMark(sql`word`)} THEN word
        ELSE (tsvector_to_array(to_tsvector('english', word)))[1] END AS lexeme) AS stemmed
      WHERE lexeme IS NOT NULL
      ORDER BY word COLLATE "C"
      ON CONFLICT (term) DO UPDATE SET unused_since = NULL`)
  }
}

/** Longer than any transaction that lists an agent, so that a word is not forgotten while one is about to use it. */
const unusedFor = sql`interval '10 minutes'`

export interface Recount {
  readonly changed: number
  readonly forgotten: number
}

/**
 * Counts anew in how many agents each word is and forgets words that none has had for a while: an hourly job, some seconds
 * for 100,000 agents. Does nothing while another process is at it.
 */
export async function recountTerms(db: Database): Promise<Recount | undefined> {
  return db.transaction(async (tx) => {
    const [lock] = rowsOf<{ isMine: boolean }>(
      await tx.execute(sql`SELECT pg_try_advisory_xact_lock(hashtext('rialto.recount-search-terms')) AS "isMine"`),
    )
    if (lock?.isMine !== true) return undefined
    return rowsOf<Recount>(await tx.execute(recount))[0]
  })
}

/** A tenth more or less decides nothing, and common words change by a little in every hour. Small counts are exact. */
const isFarFrom = (recorded: SQL, counted: SQL): SQL => sql`abs(${recorded} - ${counted}) * 10 > ${counted}`

/** A word of no agent is marked at one recount and goes at a later one. Locks in the order in which `addTerms` does. */
const recount = sql`
  WITH used AS MATERIALIZED (SELECT word COLLATE "C" AS lexeme, ndoc FROM ts_stat('SELECT document FROM agent_search')),
  different AS MATERIALIZED (
    SELECT terms.term, coalesce(anywhere.ndoc, 0) AS agent_count, coalesce(head.ndoc, 0) AS head_count,
      CASE WHEN anywhere.ndoc IS NULL THEN coalesce(terms.unused_since, now()) END AS unused_since
    FROM agent_search_terms AS terms
    LEFT JOIN used AS anywhere ON anywhere.lexeme = terms.lexeme
    LEFT JOIN used AS head ON head.lexeme = '^' || terms.lexeme
    WHERE (terms.unused_since IS NULL) <> (anywhere.ndoc IS NOT NULL)
      OR ${isFarFrom(sql`terms.agent_count`, sql`coalesce(anywhere.ndoc, 0)`)}
      OR ${isFarFrom(sql`terms.head_count`, sql`coalesce(head.ndoc, 0)`)}
    ORDER BY terms.term FOR UPDATE OF terms
  ),
  changed AS (
    UPDATE agent_search_terms AS terms
    SET agent_count = different.agent_count, head_count = different.head_count, unused_since = different.unused_since
    FROM different WHERE terms.term = different.term
    RETURNING terms.term
  ),
  forgotten AS (
    DELETE FROM agent_search_terms AS terms
    WHERE unused_since < now() - ${unusedFor} AND NOT EXISTS (SELECT FROM used WHERE used.lexeme = terms.lexeme)
    RETURNING terms.term
  )
  SELECT (SELECT count(*)::integer FROM changed) AS changed, (SELECT count(*)::integer FROM forgotten) AS forgotten`
