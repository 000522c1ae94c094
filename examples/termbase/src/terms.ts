import nlp from 'compromise'

export interface FoundTerm {
  readonly term: string
  /** How often the text names it. */
  readonly count: number
  /** The first sentence that does. */
  readonly example: string
}

export const charactersMax = 20_000
const termsMax = 200
const termCharactersMax = 60
const exampleCharactersMax = 300

/** The things that a text names, commonest first: nouns with what describes them, in the singular, without articles. */
export function termsOf(text: string): FoundTerm[] {
  const found = new Map<string, { count: number; example: string }>()
  for (const sentence of nlp(text).sentences().out('array') as string[]) {
    const nouns: string[] = nlp(sentence).nouns().toSingular().out('array')
    for (const noun of nouns) {
      const term = plainTerm(noun)
      if (term.length < 3 || term.length > termCharactersMax) continue
      const known = found.get(term)
      if (known !== undefined) known.count += 1
      else found.set(term, { count: 1, example: sentence.trim().slice(0, exampleCharactersMax) })
    }
  }
  return [...found]
    .map(([term, rest]) => ({ term, ...rest }))
    .toSorted((a, b) => b.count - a.count || (a.term < b.term ? -1 : 1))
    .slice(0, termsMax)
}

const plainTerm = (noun: string): string =>
  noun
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replace(/^(?:the|a|an|this|that|these|those|my|your|his|her|its|our|their|some|any|each|every|all) /u, '')
    .trim()
