// What an agent's search document holds beside the stems of its words: lexemes that no text can yield, because words are
// letters and digits only. One index then answers text, tags, exact names and samples together, in any combination.

/** The word is in the name, the tagline or the tags. */
export const headLexeme = (lexeme: string): string => `^${lexeme}`

export const tagLexeme = (slug: string): string => `#${slug}`

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

/** A lexeme in PostgreSQL's tsquery notation. */
export const quoted = (lexeme: string): string => `'${lexeme.replaceAll(/['\\]/g, (mark) => mark + mark)}'`

export const startingWith = (lexeme: string): string => `${quoted(lexeme)}:*`

export const allOf = (queries: readonly string[]): string => joined(queries, ' & ')

export const anyOf = (queries: readonly string[]): string => joined(queries, ' | ')

function joined(queries: readonly string[], operator: string): string {
  if (queries.length === 0) throw new Error('a search query can not be made of nothing')
  return queries.length === 1 ? (queries[0] ?? '') : `(${queries.join(operator)})`
}
