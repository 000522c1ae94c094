// From what somebody typed to what the index is asked.
import { lookUp, suggest, termsBeginningLike } from './dictionary.ts'
import type { DictionaryTerm, Frequency, Suggestions, WordEntry } from './dictionary.ts'
import { allOf, anyOf, headLexeme, nameLexeme, quoted, startingWith, tagLexeme, traitLexeme } from './lexemes.ts'
import type { Weight } from './lexemes.ts'
import { mayHaveTwoSlips, nearestTerm } from './spelling.ts'
import type { Reader } from '../reader.ts'
import type { AgentFilters } from '../schema.ts'
import { chosenTraits, requiredTraits } from './traits.ts'
import type { ChoiceGroup } from './traits.ts'
import { compactName, queryWords } from './words.ts'
import type { QueryWord } from './words.ts'

export interface SearchInput {
  readonly q: string
  readonly filters: AgentFilters
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
  /** Everything but the filters: what rank is computed from. */
  readonly text: string
  /** The whole of it in name, tagline and tags, within the filters asked for. */
  readonly inHead: Condition
  /** Each word that counts, as it was understood, to say where an agent has it. */
  readonly words: readonly SoughtWord[]
  /** What was typed, without spaces: an agent of exactly this name comes first. */
  readonly name: string
}

export interface SoughtWord {
  readonly label: string
  /** The word where it has this weight, in PostgreSQL's tsquery notation. */
  readonly queryIn: (weight: Weight) => string
}

export interface Interpretation {
  /** Undefined: every agent. */
  readonly condition: Condition | undefined
  /** The same without what was chosen in one group of traits, for each group in which something was. */
  readonly without: ReadonlyMap<ChoiceGroup, Condition | undefined>
  /** Undefined: nothing was typed that has letters or digits. */
  readonly textSearch: TextSearch | undefined
  readonly correction: { readonly from: string; readonly to: string } | undefined
  /** About how many agents are listed. */
  readonly agentCount: number
}

/** Two to four round trips, one for each: look up, suggest for unknown words, look further for each long unknown word. */
export async function interpret(reader: Reader, { q, filters, isExact }: SearchInput): Promise<Interpretation> {
  const typed = queryWords(q)
  const asked = askedOf(filters)
  if (typed.length === 0 && asked.length === 0) {
    return { condition: undefined, without: new Map(), textSearch: undefined, correction: undefined, agentCount: 0 }
  }
  const marks = asked.flatMap(({ lexemes }) => lexemes)
  const found = await lookUp(reader, { words: typed.map(({ text }) => text), marks })
  const { agentCount } = found
  const frequencies = new Map(marks.map((mark, index) => [mark, found.marks[index] ?? absent]))
  const required = asked.map((filter): Part & Pick<Asked, 'group'> => ({
    ...filterPart(filter, frequencies),
    group: filter.group,
  }))
  const others = (group: ChoiceGroup | undefined): Part[] =>
    required.filter((part) => group === undefined || part.group !== group)
  const chosenGroups = required.flatMap(({ group }) => (group === undefined ? [] : [group]))

  if (typed.length === 0) {
    const conditionFor = (parts: Part[]): Condition | undefined =>
      parts.length === 0 ? undefined : conditionOf({ parts, agentCount, where: 'anywhere' })
    return {
      condition: conditionFor(required),
      without: new Map(chosenGroups.map((group) => [group, conditionFor(others(group))])),
      textSearch: undefined,
      correction: undefined,
      agentCount,
    }
  }

  const name = compactName(q)
  const words = typed.map((word, index): ReadWord => ({ word, entry: found.words[index] ?? unknownEntry }))
  const terms = isExact ? new Map<string, DictionaryTerm[]>() : await substitutes(reader, { words, name })
  const parts = partsOf(words, terms)
  const namedExactly = quoted(nameLexeme(name))
  const conditionFor = (where: 'anywhere' | 'head', filters: Part[]): Condition => ({
    ...conditionOf({ parts: [...parts, ...filters], agentCount, where }),
    query: allOf([
      anyOf([allOf(parts.map(({ query, headQuery }) => (where === 'head' ? headQuery : query))), namedExactly]),
      ...filters.map(({ query }) => query),
    ]),
  })
  return {
    condition: conditionFor('anywhere', required),
    without: new Map(chosenGroups.map((group) => [group, conditionFor('anywhere', others(group))])),
    textSearch: {
      text: allOf(parts.map(({ query }) => query)),
      inHead: conditionFor('head', required),
      words: parts.flatMap(({ sought }) => sought ?? []),
      name,
    },
    correction: correctionOf({ q, words, terms }),
    agentCount,
  }
}

/** One filter: an agent has one of the lexemes. */
interface Asked {
  readonly lexemes: readonly string[]
  /** Where more than one may be chosen. */
  readonly group: ChoiceGroup | undefined
}

const askedOf = (filters: AgentFilters): Asked[] => [
  ...(filters.tags ?? []).map((slug) => ({ lexemes: [tagLexeme(slug)], group: undefined })),
  ...requiredTraits(filters).map((trait) => ({ lexemes: [traitLexeme(trait)], group: undefined })),
  ...Array.from(chosenTraits(filters), ([group, traits]) => ({ lexemes: traits.map(traitLexeme), group })),
]

function filterPart({ lexemes }: Asked, frequencies: ReadonlyMap<string, Frequency>): Part {
  const query = anyOf(lexemes.map((lexeme) => quoted(lexeme)))
  const agentCount = sum(lexemes.map((lexeme) => frequencies.get(lexeme)?.agentCount ?? 0))
  return { query, headQuery: query, agentCount, headCount: agentCount }
}

interface ReadWord {
  readonly word: QueryWord
  readonly entry: WordEntry
}

/** One thing an agent must have, anywhere or in its head. */
interface Part extends Frequency {
  readonly query: string
  readonly headQuery: string
  /** Of a word that was typed. */
  readonly sought?: SoughtWord
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
    const [only, ...others] = substitute
    return {
      query: anyOf(substitute.map(({ lexeme }) => quoted(lexeme))),
      headQuery: anyOf(substitute.map(({ lexeme }) => quoted(headLexeme(lexeme)))),
      agentCount: sum(substitute.map(({ agentCount }) => agentCount)),
      headCount: sum(substitute.map(({ headCount }) => headCount)),
      sought: {
        label: only === undefined || others.length > 0 ? `${word.text}…` : only.term,
        queryIn: (weight) => anyOf(substitute.map(({ lexeme }) => quoted(lexeme, weight))),
      },
    }
  })
}

function typedPart(word: QueryWord, { lexemes, agentCount, headCount }: WordEntry): Part {
  const notation = (lexeme: string, weight?: Weight): string =>
    word.isPrefix ? startingWith(lexeme, weight) : quoted(lexeme, weight)
  return {
    query: allOf(lexemes.map((lexeme) => notation(lexeme))),
    headQuery: allOf(lexemes.map((lexeme) => notation(headLexeme(lexeme)))),
    agentCount,
    headCount,
    sought: { label: word.text, queryIn: (weight) => allOf(lexemes.map((lexeme) => notation(lexeme, weight))) },
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
