// From what somebody typed to what the index is asked.
import { lookUp, suggest, termsBeginningLike } from './dictionary.ts'
import type { DictionaryTerm, Frequency, Suggestions, WordEntry } from './dictionary.ts'
import { allOf, anyOf, headLexeme, nameLexeme, quoted, startingWith, tagLexeme } from './lexemes.ts'
import { mayHaveTwoSlips, nearestTerm } from './spelling.ts'
import type { Reader } from '../reader.ts'
import { compactName, queryWords } from './words.ts'
import type { QueryWord } from './words.ts'

export interface SearchInput {
  readonly q: string
  readonly tags: readonly string[]
  /** Words are taken as typed: neither corrected nor completed. */
  readonly isExact: boolean
}

/** A condition on search documents, and about how many agents meet it. */
export interface Condition {
  /** In PostgreSQL's tsquery notation. */
  readonly query: string
  readonly expectedCount: number
  /** What the index has to read for it: its rarest word's agents times its words. */
  readonly postingsRead: number
}

export interface TextSearch {
  /** Everything but the tags: what rank is computed from. */
  readonly text: string
  /** The whole of it in name, tagline and tags, within the tags asked for. */
  readonly inHead: Condition
  /** What was typed, without spaces: an agent of exactly this name comes first. */
  readonly name: string
}

export interface Interpretation {
  /** Undefined: every agent. */
  readonly condition: Condition | undefined
  /** Undefined: nothing was typed that has letters or digits. */
  readonly textSearch: TextSearch | undefined
  readonly correction: { readonly from: string; readonly to: string } | undefined
  /** About how many agents are listed. */
  readonly agentCount: number
}

/** Two to four round trips, one for each: look up, suggest for unknown words, look further for each long unknown word. */
export async function interpret(reader: Reader, { q, tags, isExact }: SearchInput): Promise<Interpretation> {
  const typed = queryWords(q)
  const tagLexemes = tags.map(tagLexeme)
  if (typed.length === 0 && tags.length === 0) {
    return { condition: undefined, textSearch: undefined, correction: undefined, agentCount: 0 }
  }
  const found = await lookUp(reader, { words: typed.map(({ text }) => text), tagLexemes })
  const filters = tagLexemes.map((lexeme, index): Part => {
    const frequency = found.tags[index] ?? absent
    return { query: quoted(lexeme), headQuery: quoted(lexeme), ...frequency, headCount: frequency.agentCount }
  })
  if (typed.length === 0) {
    const condition = conditionOf({ parts: filters, agentCount: found.agentCount, where: 'anywhere' })
    return { condition, textSearch: undefined, correction: undefined, agentCount: found.agentCount }
  }

  const name = compactName(q)
  const words = typed.map((word, index): ReadWord => ({ word, entry: found.words[index] ?? unknownEntry }))
  const terms = isExact ? new Map<string, DictionaryTerm[]>() : await substitutes(reader, { words, name })
  const parts = partsOf(words, terms)
  const namedExactly = quoted(nameLexeme(name))
  const whole = conditionOf({ parts: [...parts, ...filters], agentCount: found.agentCount, where: 'anywhere' })
  const head = conditionOf({ parts: [...parts, ...filters], agentCount: found.agentCount, where: 'head' })
  const withName = (queries: string[]): string =>
    allOf([anyOf([allOf(queries), namedExactly]), ...filters.map(({ query }) => query)])
  return {
    condition: { ...whole, query: withName(parts.map(({ query }) => query)) },
    textSearch: {
      text: allOf(parts.map(({ query }) => query)),
      inHead: { ...head, query: withName(parts.map(({ headQuery }) => headQuery)) },
      name,
    },
    correction: correctionOf({ q, words, terms }),
    agentCount: found.agentCount,
  }
}

interface ReadWord {
  readonly word: QueryWord
  readonly entry: WordEntry
}

/** One thing an agent must have, anywhere or in its head. */
interface Part extends Frequency {
  readonly query: string
  readonly headQuery: string
}

const absent: Frequency = { agentCount: 0, headCount: 0 }
const unknownEntry: WordEntry = { ...absent, lexemes: [], isKnown: false }

/** For each word that no agent has: the terms it begins, or else the one it was most likely meant to be. */
async function substitutes(
  reader: Reader,
  { words, name }: { words: readonly ReadWord[]; name: string },
): Promise<Map<string, DictionaryTerm[]>> {
  const unknown = words
    .filter(({ word, entry }) => word.isCorrectable && !entry.isKnown && entry.lexemes.length > 0)
    .map(({ word }) => word.text)
  const terms = new Map<string, DictionaryTerm[]>()
  if (unknown.length === 0) return terms
  const suggested = await suggest(reader, { words: unknown, name })
  if (suggested.isName) return terms
  for (const [word, suggestions] of suggested.words) {
    const chosen = await choose(reader, { word, suggestions })
    if (chosen.length > 0) terms.set(word, chosen)
  }
  return terms
}

async function choose(
  reader: Reader,
  { word, suggestions: { completions, near } }: { word: string; suggestions: Suggestions },
): Promise<DictionaryTerm[]> {
  if (completions.length > 0) return completions
  const nearest = nearestTerm(word, near)
  if (nearest !== undefined) return [nearest]
  if (!mayHaveTwoSlips(word)) return []
  const further = nearestTerm(word, await termsBeginningLike(reader, word))
  return further === undefined ? [] : [further]
}

/** Stop words count only when there is nothing else, and then only in names: "The Who". */
function partsOf(words: readonly ReadWord[], terms: ReadonlyMap<string, readonly DictionaryTerm[]>): Part[] {
  const telling = words.filter(({ entry }) => entry.lexemes.length > 0)
  if (telling.length === 0) {
    return words.map(({ word }) => {
      const query = quoted(headLexeme(word.text))
      return { query, headQuery: query, ...absent }
    })
  }
  return telling.map(({ word, entry }) => {
    const substitute = terms.get(word.text)
    if (substitute === undefined) return typedPart(word, entry)
    return {
      query: anyOf(substitute.map(({ lexeme }) => quoted(lexeme))),
      headQuery: anyOf(substitute.map(({ lexeme }) => quoted(headLexeme(lexeme)))),
      agentCount: sum(substitute.map(({ agentCount }) => agentCount)),
      headCount: sum(substitute.map(({ headCount }) => headCount)),
    }
  })
}

function typedPart(word: QueryWord, { lexemes, agentCount, headCount }: WordEntry): Part {
  const notation = word.isPrefix ? startingWith : quoted
  return {
    query: allOf(lexemes.map(notation)),
    headQuery: allOf(lexemes.map((lexeme) => notation(headLexeme(lexeme)))),
    agentCount,
    headCount,
  }
}

/** Words are taken to be independent of each other; they are not, so what relies on this must have a way out. */
function conditionOf({
  parts,
  agentCount,
  where,
}: {
  parts: Part[]
  agentCount: number
  where: 'anywhere' | 'head'
}): Condition {
  const counts = parts.map((part) => (where === 'head' ? part.headCount : part.agentCount))
  const share = counts.reduce((product, count) => product * Math.min(1, count / Math.max(1, agentCount)), 1)
  return {
    query: allOf(parts.map((part) => (where === 'head' ? part.headQuery : part.query))),
    expectedCount: Math.min(share * agentCount, ...counts),
    postingsRead: Math.min(...counts) * counts.length,
  }
}

/** A completed word is not a corrected one: nothing that was typed is set aside. */
function correctionOf({
  q,
  words,
  terms,
}: {
  q: string
  words: readonly ReadWord[]
  terms: ReadonlyMap<string, readonly DictionaryTerm[]>
}): Interpretation['correction'] {
  const corrected = words.map(({ word: { text } }) => {
    const [term, ...others] = terms.get(text) ?? []
    return term === undefined || others.length > 0 || term.term.startsWith(text) ? text : term.term
  })
  const to = corrected.join(' ')
  return words.every(({ word }, index) => word.text === corrected[index]) ? undefined : { from: q.trim(), to }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
