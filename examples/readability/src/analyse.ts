import nlp from 'compromise'
import readability from 'text-readability'

export interface Analysis {
  readonly words: number
  readonly sentences: number
  readonly readingMinutes: number
  /** Flesch (1948): 100 is very easy, 0 very hard. */
  readonly ease: number
  /** Flesch and Kincaid (1975): the years of school that a reader needs. */
  readonly schoolYears: number
  /** The sentences that hold most of what the text is about, in their own order. */
  readonly keySentences: readonly string[]
}

export const charactersMax = 20_000
const keySentencesMax = 3
const wordsPerMinute = 230

export function analyse(text: string): Analysis {
  const document = nlp(text)
  const sentences: string[] = document.sentences().out('array')
  const words = readability.lexiconCount(text)
  return {
    words,
    sentences: sentences.length,
    readingMinutes: Math.max(1, Math.round(words / wordsPerMinute)),
    ease: clamp(readability.fleschReadingEase(text), { min: 0, max: 100 }),
    schoolYears: clamp(readability.fleschKincaidGrade(text), { min: 0, max: 20 }),
    keySentences: keySentencesOf(sentences, termsOf(document)),
  }
}

const clamp = (value: number, { min, max }: { min: number; max: number }): number =>
  Math.round(Math.min(max, Math.max(min, value)))

/** How often the text names each of its things. */
function termsOf(document: ReturnType<typeof nlp>): ReadonlyMap<string, number> {
  const terms = new Map<string, number>()
  const nouns: string[] = document.match('#Noun').not('#Pronoun').out('array')
  for (const noun of nouns) for (const word of wordsOf(noun)) terms.set(word, (terms.get(word) ?? 0) + 1)
  return terms
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}{3,}/gu) ?? []

/** Extractive summary: sentences ranked by how much of what the text names they name, long ones not favoured. */
function keySentencesOf(sentences: readonly string[], terms: ReadonlyMap<string, number>): string[] {
  const scored = sentences.map((sentence, place) => {
    const words = wordsOf(sentence)
    const named = [...new Set(words)].reduce((sum, word) => sum + (terms.get(word) ?? 0), 0)
    return { sentence, place, score: named / Math.sqrt(Math.max(4, words.length)) }
  })
  return scored
    .toSorted((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, keySentencesMax)
    .toSorted((a, b) => a.place - b.place)
    .map(({ sentence }) => sentence)
}
