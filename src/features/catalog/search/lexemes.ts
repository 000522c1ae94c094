// What an agent's search document holds beside the stems of its words: lexemes that no text can yield, because words are
// letters and digits only. One index then answers text, tags, exact names and samples together, in any combination.
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'

/** The word is in the name, the tagline or the tags. */
export const headLexeme = (lexeme: string): string => `^${lexeme}`

export const tagLexeme = (slug: string): string => `#${slug}`

/** What an agent can be filtered by beside tags; see traits.ts. */
export const traitLexeme = (trait: string): string => `@${trait}`

/** Stands for something else than a word, in the dictionary: `lexeme` is a tag or a trait. */
export const isMark = (lexeme: SQL): SQL => sql`left(${lexeme}, 1) IN ('#', '@')`

/** The agent's whole name, without spaces. */
export const nameLexeme = (compactName: string): string => `=${compactName}`

export type SampleRate = 8 | 64 | 512
export const sampleRates: readonly SampleRate[] = [8, 64, 512]

/** Carried by one agent in `rate`, so that large results can be counted from a sample. */
export const sampleLexeme = (rate: SampleRate): string => `~${rate}`

/** The samples an agent belongs to: by the last digits of its random id, so that they never change. */
export function sampleLexemes(agentId: string): string[] {
  const draw = Number.parseInt(agentId.slice(-3), 16)
  return sampleRates.filter((rate) => draw % rate === 0).map(sampleLexeme)
}

/** In name; in tagline, publisher and tags; in capabilities; in description. */
export type Weight = 'A' | 'B' | 'C' | 'D'

/** A lexeme in PostgreSQL's tsquery notation, anywhere or where its weight is. */
export const quoted = (lexeme: string, weight?: Weight): string =>
  `'${lexeme.replaceAll(/['\\]/g, (mark) => mark + mark)}'${weight === undefined ? '' : `:${weight}`}`

export const startingWith = (lexeme: string, weight: Weight | '' = ''): string => `${quoted(lexeme)}:*${weight}`

export const allOf = (queries: readonly string[]): string => joined(queries, ' & ')

export const anyOf = (queries: readonly string[]): string => joined(queries, ' | ')

function joined(queries: readonly string[], operator: string): string {
  if (queries.length === 0) throw new Error('a search query can not be made of nothing')
  return queries.length === 1 ? (queries[0] ?? '') : `(${queries.join(operator)})`
}
