import autocannon from 'autocannon'
import { quantile, rounded, summarize } from '../harness.ts'
import type { CaseResult } from '../harness.ts'

const repeats = 5
const connections = 16
const seconds = 2

interface BesideFile {
  readonly name: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The address of the file with the same bytes. */
  readonly floor: string
  readonly cpuUs: () => Promise<number>
}

/** Requests a second on a few connections, of the page and of its file in turns, so that both meet the same noise. */
export async function measureBesideFile({ name, url, headers, floor, cpuUs }: BesideFile): Promise<CaseResult> {
  await load(url, headers)
  await load(floor, headers)
  const pages: Load[] = []
  const floors: Load[] = []
  let cpuUsed = 0
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const cpuBefore = await cpuUs()
    pages.push(await load(url, headers))
    cpuUsed += (await cpuUs()) - cpuBefore
    floors.push(await load(floor, headers))
  }
  const ratios = pages.map(({ perSecond }, repeat) => perSecond / (floors[repeat]?.perSecond ?? Number.NaN))
  const requests = pages.reduce((sum, page) => sum + page.requests, 0)
  return {
    ...summarize({
      name,
      values: pages.map(({ perSecond }) => perSecond),
      unit: 'requests/s',
      floor: quantile(
        floors.map(({ perSecond }) => perSecond),
        0.5,
      ),
    }),
    // Of each repeat: the generator keeps no single latencies.
    p50Ms: quantile(
      pages.map(({ p50Ms }) => p50Ms),
      0.5,
    ),
    p99Ms: Math.max(...pages.map(({ p99Ms }) => p99Ms)),
    cpuUsPerOp: Math.round(cpuUsed / requests),
    ratioMin: rounded(Math.min(...ratios)),
    ratioMax: rounded(Math.max(...ratios)),
  }
}

interface Load {
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

async function load(url: string, headers: Readonly<Record<string, string>>): Promise<Load> {
  const result = await autocannon({ url, connections, duration: seconds, headers: { ...headers } })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0) throw new Error(`${url} failed ${failed} times`)
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  }
}
