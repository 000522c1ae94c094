// What is asked: the same questions in every run.
import { below, createRandom, generateAgents, generatedTagCount, pick, tagSlug, zipfRank } from './generate.ts'
import type { Random } from './generate.ts'

interface CatalogCase {
  readonly name: string
  /** Under /api/v1. */
  readonly paths: readonly string[]
}

const operationsPerRepeat = 200
/** With fewer agents than twice that, half way down. */
const deepRow = 50_000
const pageSizeMax = 100

interface Ask {
  readonly vocabulary: readonly string[]
  readonly agentCount: number
  readonly get: (path: string) => Promise<unknown>
}

export async function catalogCases({ vocabulary, agentCount, get }: Ask): Promise<CatalogCase[]> {
  const random = createRandom(11)
  const names = generateAgents({ count: agentCount, vocabulary })
    .filter(() => random() < 1000 / agentCount)
    .map(({ name }) => name)
    .toArray()
  const many = (ask: () => string): string[] => Array.from({ length: operationsPerRepeat }, ask)
  const search = (q: string, more: Record<string, string> = {}): string =>
    `/agents?${new URLSearchParams({ q, ...more }).toString()}`
  const word = (): string => vocabulary[zipfRank(random, vocabulary.length)] ?? ''
  const common = (): string => pick(random, vocabulary.slice(0, 30))
  const words = (one: () => string): string => Array.from({ length: 1 + below(random, 3) }, one).join(' ')
  const longWord = (): string => {
    for (;;) {
      const candidate = word()
      if (candidate.length >= 5) return candidate
    }
  }
  const mixed = (): string =>
    pick(random, [
      () => pick(random, names),
      () => words(word),
      () => misspelt(random, longWord()),
      () => words(common),
    ])()
  const tag = (): string => tagSlug(zipfRank(random, generatedTagCount))
  /** Two searches in five are narrowed, by one or two groups. */
  const filters = (): Record<string, string> => ({
    ...(random() < 0.2 ? { price: pick(random, ['free', 'subscription', 'top-up', 'none']) } : {}),
    ...(random() < 0.1 ? { trial: 'true' } : {}),
    ...(random() < 0.1 ? { verified: 'true' } : {}),
    ...(random() < 0.2 ? { status: pick(random, ['available', 'coming-soon', 'unclaimed']) } : {}),
  })
  return [
    { name: 'exact', paths: many(() => search(pick(random, names))) },
    {
      name: 'typo',
      paths: many(() =>
        search(misspelt(random, random() < 0.5 ? longWord() : (pick(random, names).split(' ')[0] ?? ''))),
      ),
    },
    { name: 'common-word', paths: many(() => search(words(common))) },
    {
      name: 'facet',
      paths: many(() => search(mixed(), { facets: 'true', ...(random() < 0.3 ? { tag: tag() } : {}), ...filters() })),
    },
    // As the page asks: every count, and why each agent stands where it does.
    { name: 'page', paths: many(() => search(mixed(), { facets: 'true', explain: 'true', ...filters() })) },
    { name: 'deep-page', paths: await deepPages(get, Math.min(deepRow, agentCount / 2)) },
    {
      name: 'list',
      paths: many(() => {
        const sort = pick(random, ['relevance', 'popular', 'top-rated', 'newest', 'updated', 'name'])
        return `/agents?${new URLSearchParams({ sort, ...(random() < 0.5 ? { tag: tag() } : {}), ...filters() }).toString()}`
      }),
    },
  ]
}

/** Pages beyond a row of the newest agents, reached the way a reader would. */
async function deepPages(get: Ask['get'], row: number): Promise<string[]> {
  let cursor: string | null = null
  const next = async (limit: number): Promise<string> => {
    const page = (await get(
      `/agents?${new URLSearchParams({ sort: 'newest', limit: String(limit), ...(cursor === null ? {} : { cursor }) }).toString()}`,
    )) as { nextCursor: string | null }
    if (page.nextCursor === null) throw new Error('there are too few agents for a deep page')
    return page.nextCursor
  }
  for (let passed = 0; passed < row; passed += pageSizeMax) cursor = await next(pageSizeMax)
  const paths: string[] = []
  while (paths.length < operationsPerRepeat) {
    cursor = await next(24)
    paths.push(`/agents?${new URLSearchParams({ sort: 'newest', cursor }).toString()}`)
  }
  return paths
}

const letters = 'abcdefghijklmnopqrstuvwxyz'

/** One slip after the first letter: left out, added, changed or swapped. */
export function misspelt(random: Random, word: string): string {
  const at = 1 + below(random, word.length - 1)
  const letter = letters.charAt(below(random, letters.length))
  switch (below(random, 4)) {
    case 0:
      return word.slice(0, at) + word.slice(at + 1)
    case 1:
      return word.slice(0, at) + letter + word.slice(at)
    case 2:
      return word.slice(0, at) + letter + word.slice(at + 1)
    default: {
      const left = Math.min(at, word.length - 2)
      return word.slice(0, left) + word.charAt(left + 1) + word.charAt(left) + word.slice(left + 2)
    }
  }
}
