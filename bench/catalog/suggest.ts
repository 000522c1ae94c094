// Suggestions while somebody types: beginnings of one to seven letters of names, words and publishers, some of them misspelt.
import type { Pool } from 'pg'
import { measureLatency, quantile, rounded, summarize } from '../harness.ts'
import type { CaseResult } from '../harness.ts'
import type { ServerProcess } from '../marketplace/server-process.ts'
import { misspelt } from './cases.ts'
import { below, createRandom, generateAgents, pick, zipfRank } from './generate.ts'
import { recordStatements } from './record.ts'

const beginningsPerRepeat = 400
const lettersMax = 7
const sampledNames = 1000
const repeats = 5

interface SuggestionBench {
  readonly pool: Pool
  readonly vocabulary: readonly string[]
  readonly agentCount: number
  readonly server: Pick<ServerProcess, 'origin' | 'cpuUs'>
}

/** `suggestions` is the answer over HTTP; `suggestions-database` its statements alone, beside the shortest there is. */
export async function measureSuggestions({ pool, server, ...catalog }: SuggestionBench): Promise<CaseResult[]> {
  const requests = await recordStatements(pool, beginnings(catalog))
  let asked = 0
  const ask = async (path: string): Promise<void> => {
    asked += 1
    // Each time from another network: nobody types as fast as this, and whoever does is refused.
    const forwarded = `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`
    const response = await fetch(`${server.origin}/api/v1${path}`, {
      headers: { 'accept-encoding': 'identity', 'x-forwarded-for': forwarded },
    })
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  }
  const overHttp = await measureLatency({
    name: 'suggestions',
    operations: requests,
    repeats,
    measured: ({ path }) => ask(path),
    floor: ({ replay }) => replay(),
    cpuUs: server.cpuUs,
  })
  const blocks: number[][] = []
  const floors: number[] = []
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const times: number[] = []
    for (const { replay } of requests) times.push(await timed(replay))
    blocks.push(times)
    floors.push(await timed(() => pool.query('SELECT 1')))
  }
  const all = blocks.flat()
  const inDatabase = {
    ...summarize({
      name: 'suggestions-database',
      values: blocks.map((block) => quantile(block, 0.5)),
      unit: 'ms',
      floor: quantile(floors, 0.5),
    }),
    p50Ms: rounded(quantile(all, 0.5)),
    p99Ms: rounded(quantile(all, 0.99)),
  }
  return [overHttp, inDatabase]
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

function beginnings({ vocabulary, agentCount }: Pick<SuggestionBench, 'vocabulary' | 'agentCount'>): string[] {
  const random = createRandom(12)
  const names = generateAgents({ count: agentCount, vocabulary })
    .filter(() => random() < sampledNames / agentCount)
    .map(({ name }) => name)
    .toArray()
  const begin = (word: string): string => word.slice(0, 1 + below(random, lettersMax))
  const word = (): string => vocabulary[zipfRank(random, vocabulary.length)] ?? ''
  const typed = [
    () => begin(pick(random, names)),
    () => begin(pick(random, names).split(' ').at(-1) ?? ''),
    () => begin(word()),
    () => begin('nobody'),
    () => misspelt(random, pick(random, names)),
    () => `${pick(random, names)} ${begin(word())}`,
  ]
  return Array.from(
    { length: beginningsPerRepeat },
    () => `/suggestions?${new URLSearchParams({ q: pick(random, typed)() }).toString()}`,
  )
}
