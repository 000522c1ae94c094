// How many words with one slip in them are corrected to what was meant, among words that agents really have.
import type { CaseResult } from '../harness.ts'
import { summarize } from '../harness.ts'
import { misspelt } from './cases.ts'
import { createRandom, pick, zipfRank } from './generate.ts'

const wordsPerRepeat = 200
const repeats = 5
/** Of three letters hardly anything is left to go by; nobody calls those a typo either. */
const lettersMin = 4

interface CorrectionBench {
  readonly vocabulary: readonly string[]
  readonly get: (path: string) => Promise<unknown>
}

/**
 * Percent of misspelt words that are corrected to the word itself. A slip that makes another word that agents have is no slip that
 * anybody could see, and is drawn again; so is one in a word that no agent has.
 */
export async function measureCorrections({ vocabulary, get }: CorrectionBench): Promise<CaseResult> {
  const random = createRandom(13)
  const known = new Set(vocabulary)
  const isListed = async (word: string): Promise<boolean> =>
    (await found(get, word, { exact: 'true' })).items.length > 0
  const values: number[] = []
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    let right = 0
    for (let asked = 0; asked < wordsPerRepeat;) {
      // Half of them as common as words are in use, half of them any word: rare ones are harder.
      const word = random() < 0.5 ? (vocabulary[zipfRank(random, vocabulary.length)] ?? '') : pick(random, vocabulary)
      const typed = misspelt(random, word)
      if (word.length < lettersMin || typed === word || known.has(typed)) continue
      if (!(await isListed(word)) || (await isListed(typed))) continue
      asked += 1
      if ((await found(get, typed)).correction?.to === word) right += 1
    }
    values.push((100 * right) / wordsPerRepeat)
  }
  return summarize({ name: 'corrections', values, unit: '% right' })
}

interface Found {
  readonly items: unknown[]
  readonly correction: { readonly to: string } | null
}

const found = async (get: CorrectionBench['get'], q: string, more: Record<string, string> = {}): Promise<Found> =>
  (await get(`/agents?${new URLSearchParams({ q, limit: '1', ...more }).toString()}`)) as Found
