// Agents that never existed, the same ones every time: words by Zipf's law, as in any language, and invented brands.

export interface GeneratedAgent {
  readonly index: number
  readonly name: string
  readonly tagline: string
  readonly description: string
  readonly capability: string
  /** Indexes into the tags. */
  readonly tags: readonly number[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const vocabularySize = 100_000
export const generatedTagCount = 200
/** Flattens the top of the distribution so that the commonest word is in about 83 % of the agents. */
const zipfShift = 2

const consonants = [
  'b',
  'br',
  'c',
  'd',
  'dr',
  'f',
  'fl',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pr',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
]
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'io', 'ou']
const endings = ['', '', 'n', 'r', 'l', 't', 'x', 'm']

export const tagSlug = (tag: number): string => `topic-${tag}`

export type Random = () => number

/** Mulberry32: small, fast, and the same on every machine. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const below = (random: Random, limit: number): number => Math.floor(random() * limit)

export const pick = <T>(random: Random, items: readonly T[]): T => {
  const item = items[below(random, items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Distinct invented words, commonest first; short ones tend to be common, as in real languages. */
export function generateVocabulary(seed = 1): string[] {
  const random = createRandom(seed)
  const words = new Set<string>()
  while (words.size < vocabularySize) {
    words.add(inventWord(random, words.size < 500 ? 2 : 2 + below(random, 3)))
  }
  return [...words]
}

function inventWord(random: Random, syllables: number): string {
  let word = ''
  for (let syllable = 0; syllable < syllables; syllable += 1) word += pick(random, consonants) + pick(random, vowels)
  return word + pick(random, endings)
}

/** A rank with the probability 1 / (rank + shift), by inverting the distribution. */
export const zipfRank = (random: Random, size: number): number => {
  const low = zipfShift + 0.5
  const rank = Math.floor(low * ((size + zipfShift) / low) ** random() - zipfShift)
  return Math.min(size - 1, Math.max(0, rank))
}

export function* generateAgents({
  count,
  vocabulary,
  seed = 2,
}: {
  count: number
  vocabulary: readonly string[]
  seed?: number
}) {
  const random = createRandom(seed)
  const text = (words: number): string =>
    Array.from({ length: words }, () => vocabulary[zipfRank(random, vocabulary.length)]).join(' ')
  const newestAt = Date.UTC(2026, 9, 1)
  const spanMs = 2 * 365 * 86_400_000
  for (let index = 0; index < count; index += 1) {
    const createdAt = newestAt - Math.floor(random() * spanMs)
    yield {
      index,
      name: inventName(random, vocabulary),
      tagline: text(5 + below(random, 4)),
      description: text(20 + below(random, 30)),
      capability: text(8 + below(random, 8)),
      tags: inventTags(random),
      createdAt: new Date(createdAt),
      updatedAt: new Date(createdAt + Math.floor(random() * (newestAt - createdAt))),
    } satisfies GeneratedAgent
  }
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** A new word, two known ones written as one, or two known ones. */
function inventName(random: Random, vocabulary: readonly string[]): string {
  const known = (): string => capitalized(vocabulary[zipfRank(random, vocabulary.length)] ?? '')
  const kind = below(random, 3)
  if (kind === 0) return capitalized(inventWord(random, 2 + below(random, 2)))
  return kind === 1 ? `${known()}${known()}` : `${known()} ${known()}`
}

/** One to six tags, some far commoner than others. */
function inventTags(random: Random): number[] {
  const tags = new Set<number>()
  const wanted = 1 + below(random, 6)
  for (let drawn = 0; drawn < wanted; drawn += 1) tags.add(zipfRank(random, generatedTagCount))
  return [...tags]
}
