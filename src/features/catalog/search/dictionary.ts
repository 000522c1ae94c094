// Reading the dictionary of listed words.
import { sql } from 'drizzle-orm'
import type { Reader } from '../reader.ts'
import { rowsOf } from '../reader.ts'
import { nameLexeme, quoted } from './lexemes.ts'
import { lookupVariants } from './spelling.ts'
import type { Term } from './spelling.ts'

/** Near terms looked at for one word; commoner ones first, since they are likelier meant. */
const nearTermsMax = 60
/** Terms compared with a word letter by letter, at about 5 µs each. */
const alikeTermsMax = 300
/** Words that one unfinished word may stand for. */
const completionsMax = 8

/** In how many agents something occurs, as of the last recount: good enough to choose between two ways of searching. */
export interface Frequency {
  readonly agentCount: number
  /** Within name, tagline and tags. */
  readonly headCount: number
}

export interface WordEntry extends Frequency {
  /** What the word is indexed as, more than one where PostgreSQL divides it; empty for a stop word. */
  readonly lexemes: readonly string[]
  /** Some agent has the word, or another form of it. */
  readonly isKnown: boolean
}

export interface DictionaryTerm extends Term, Frequency {
  readonly lexeme: string
}

/** Entries in the order of `words`, frequencies in the order of `marks`, and about how many agents are listed. */
export async function lookUp(
  reader: Reader,
  { words, marks }: { words: readonly string[]; marks: readonly string[] },
): Promise<{ words: WordEntry[]; marks: Frequency[]; agentCount: number }> {
  const rows = rowsOf<{
    kind: 'word' | 'mark'
    lexemes: string[]
    agents: number | null
    heads: number | null
    total: number
  }>(
    await reader.execute(sql`
      WITH asked AS (
        SELECT 'word' AS kind, position, tsvector_to_array(to_tsvector('english', word)) AS lexemes
        FROM unnest(${sql.param(words)}::text[]) WITH ORDINALITY AS typed(word, position)
        UNION ALL
        SELECT 'mark', position, ARRAY[lexeme]
        FROM unnest(${sql.param(marks)}::text[]) WITH ORDINALITY AS filter(lexeme, position)
      )
      SELECT asked.kind, asked.lexemes, term.agents, term.heads,
        ${aboutListed} AS total
      FROM asked
      CROSS JOIN LATERAL (
        SELECT max(agent_count) AS agents, max(head_count) AS heads
        FROM agent_search_terms WHERE lexeme = asked.lexemes[1]
      ) AS term
      ORDER BY asked.kind, asked.position`),
  )
  const frequency = (row: (typeof rows)[number]): Frequency => ({
    agentCount: row.agents ?? 0,
    headCount: row.heads ?? 0,
  })
  return {
    words: rows
      .filter(({ kind }) => kind === 'word')
      .map((row) => ({ ...frequency(row), lexemes: row.lexemes, isKnown: row.agents !== null })),
    marks: rows.filter(({ kind }) => kind === 'mark').map(frequency),
    agentCount: rows[0]?.total ?? 0,
  }
}

/** About how many agents are listed. */
export async function listedCount(reader: Reader): Promise<number> {
  const [row] = rowsOf<{ total: number }>(await reader.execute(sql`SELECT ${aboutListed} AS total`))
  return row?.total ?? 0
}

export interface Suggestions {
  /** Terms the word is the beginning of, commonest first. */
  readonly completions: DictionaryTerm[]
  /** Terms about one slip away. */
  readonly near: DictionaryTerm[]
}

/**
 * What words that no agent has may have been meant to be, and whether all that was typed is an agent's name. That is
 * counted, because for EXISTS the planner would read the table in the hope of meeting one soon.
 */
export async function suggest(
  reader: Reader,
  { words, name }: { words: readonly string[]; name: string },
): Promise<{ words: Map<string, Suggestions>; isName: boolean }> {
  const rows = rowsOf<{ word: string; kind: 'completion' | 'near' } & DictionaryTermRow>(
    await reader.execute(sql`
      SELECT typed.word, found.*
      FROM unnest(${sql.param(words)}::text[], ${sql.param(words.map((word) => lookupVariants(word).join(' ')))}::text[])
        AS typed(word, variants)
      CROSS JOIN LATERAL (
        (SELECT 'completion' AS kind, term, lexeme, agent_count, head_count FROM agent_search_terms
          WHERE term > typed.word COLLATE "C" AND term < (typed.word || chr(1114111)) COLLATE "C"
          ORDER BY agent_count DESC, term LIMIT ${completionsMax})
        UNION ALL
        (SELECT 'near', term, lexeme, agent_count, head_count FROM agent_search_terms
          WHERE variants && (SELECT string_to_array(typed.variants, ' '))
            AND char_length(term) BETWEEN char_length(typed.word) - 1 AND char_length(typed.word) + 1
          ORDER BY agent_count DESC, term LIMIT ${nearTermsMax})
      ) AS found
      UNION ALL
      SELECT NULL, 'name', NULL, NULL, NULL, NULL
      WHERE (SELECT count(*) FROM agent_search WHERE document @@ (SELECT ${quoted(nameLexeme(name))}::tsquery)) > 0`),
  )
  const found = new Map<string, Suggestions>(words.map((word) => [word, { completions: [], near: [] }]))
  for (const row of rows) {
    const suggestions = found.get(row.word)
    if (row.kind === 'completion') suggestions?.completions.push(termOf(row))
    else suggestions?.near.push(termOf(row))
  }
  return { words: found, isName: rows.some(({ word }) => word === null) }
}

/**
 * Commonest terms that begin like a long word and are about as long: among them are most that it is two slips away from,
 * since slips in the first three letters are rare.
 */
export async function termsBeginningLike(reader: Reader, word: string): Promise<DictionaryTerm[]> {
  const start = Array.from(word).slice(0, 3).join('')
  const rows = rowsOf<DictionaryTermRow>(
    await reader.execute(sql`
      SELECT term, lexeme, agent_count, head_count FROM agent_search_terms
      WHERE term > ${start} COLLATE "C" AND term < (${start} || chr(1114111)) COLLATE "C"
        AND char_length(term) BETWEEN char_length(${word}) - 2 AND char_length(${word}) + 2
      ORDER BY agent_count DESC, term LIMIT ${alikeTermsMax}`),
  )
  return rows.map(termOf)
}

interface DictionaryTermRow extends Record<string, unknown> {
  readonly term: string
  readonly lexeme: string
  readonly agent_count: number
  readonly head_count: number
}

/** The planner's own figure: free to read, and a few percent off at most where autovacuum runs. */
const aboutListed = sql`(SELECT greatest(reltuples, 0)::integer FROM pg_class WHERE oid = 'agent_search'::regclass)`

const termOf = (row: DictionaryTermRow): DictionaryTerm => ({
  term: row.term,
  lexeme: row.lexeme,
  agentCount: row.agent_count,
  headCount: row.head_count,
})
