// How text becomes words, the same for what is listed and for what is typed. Done here and not by PostgreSQL's own parser,
// whose idea of a letter depends on the locale the database was created with.

/** Characters of one word; longer ones are cut. */
const wordCharactersMax = 40
/** Words of one agent that can be found; a listing that says more is not found by the rest. */
const documentWordsMax = 4000
const queryCharactersMax = 200
const queryWordsMax = 8
/** A run of Chinese, Japanese or Korean counts as one word but becomes many pairs. */
const queryPartsMax = 16

const wordPattern = /[\p{L}\p{N}\p{M}]+/gu
const continuousScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々]+/gu
const combiningMark = /[\u0300-\u036f]/g
const camelBoundary = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u

/** Letters that Unicode does not decompose but that people type without. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
}

/**
 * Compatibility forms made plain (ﬁ, ｗｉｄｅ), accents taken off, case kept because a capital inside a word divides it.
 * Recomposed afterwards, so that Hangul stays syllables. A lone surrogate becomes U+FFFD, which is no letter.
 */
const withoutAccents = (text: string): string =>
  text.toWellFormed().normalize('NFKD').replaceAll(combiningMark, '').normalize('NFC')

const lower = (word: string): string =>
  cut(word.toLowerCase().replaceAll(/[ßæœøđðłþı]/g, (letter) => plainLetters[letter] ?? letter))

const cut = (word: string): string =>
  word.length <= wordCharactersMax ? word : Array.from(word).slice(0, wordCharactersMax).join('')

/**
 * The words of a listed text, in order and with repeats: `OpenHands` gives openhands, open, hands, so that each of them
 * finds it. Chinese, Japanese and Korean have no spaces to go by and give overlapping pairs of characters.
 */
export function documentWords(text: string): string[] {
  const words: string[] = []
  for (const [token] of withoutAccents(text).matchAll(wordPattern)) {
    if (words.length >= documentWordsMax) break
    for (const part of scriptRuns(token)) {
      if (part.isContinuous) words.push(...pairs(part.text), Array.from(part.text).at(-1) ?? '')
      else words.push(lower(part.text), ...camelParts(part.text))
    }
  }
  return words.slice(0, documentWordsMax)
}

export interface QueryWord {
  readonly text: string
  /** A single Chinese, Japanese or Korean character stands for every pair that begins with it. */
  readonly isPrefix: boolean
  /** Pairs of characters and words with digits are taken as typed: a neighbour of them is another thing, not a slip. */
  readonly isCorrectable: boolean
}

/** The distinct words of what somebody typed: 200 characters, 8 words and 16 parts at most. Empty when it has no letters. */
export function queryWords(typed: string): QueryWord[] {
  const words = new Map<string, QueryWord>()
  let tokens = 0
  for (const [token] of withoutAccents(typed.slice(0, queryCharactersMax)).matchAll(wordPattern)) {
    if (tokens === queryWordsMax) break
    tokens += 1
    for (const part of scriptRuns(token)) {
      for (const word of part.isContinuous ? continuousWords(part.text) : [typedWord(part.text)]) {
        if (words.size < queryPartsMax) words.set(word.text, word)
      }
    }
  }
  return [...words.values()]
}

/** Name as one word, for whoever types "gptresearcher" or "open hands". Empty for a name without letters or digits. */
export const compactName = (text: string): string => cut(nameWords(text).join(''))

/** Name as it is sorted by: plain lower-case words. */
export const sortableName = (text: string): string => nameWords(text).join(' ')

const nameWords = (text: string): string[] =>
  Array.from(withoutAccents(text.slice(0, queryCharactersMax)).matchAll(wordPattern), ([token]) => lower(token))

function scriptRuns(token: string): { text: string; isContinuous: boolean }[] {
  const runs: { text: string; isContinuous: boolean }[] = []
  let end = 0
  for (const match of token.matchAll(continuousScript)) {
    if (match.index > end) runs.push({ text: token.slice(end, match.index), isContinuous: false })
    runs.push({ text: match[0], isContinuous: true })
    end = match.index + match[0].length
  }
  if (end < token.length) runs.push({ text: token.slice(end), isContinuous: false })
  return runs
}

function pairs(run: string): string[] {
  const characters = Array.from(run)
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}

function camelParts(word: string): string[] {
  const parts = word.split(camelBoundary)
  return parts.length === 1 ? [] : parts.filter((part) => part.length > 1).map(lower)
}

function continuousWords(run: string): QueryWord[] {
  const found = pairs(run)
  return found.length === 0
    ? [{ text: run, isPrefix: true, isCorrectable: false }]
    : found.map((text) => ({ text, isPrefix: false, isCorrectable: false }))
}

function typedWord(part: string): QueryWord {
  const text = lower(part)
  return { text, isPrefix: false, isCorrectable: /^[\p{L}\p{M}]{3,24}$/u.test(text) }
}
