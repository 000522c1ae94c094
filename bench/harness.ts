// What every benchmark shares: repeats, medians with their spread, a floor measured in the same run, one form of result.
import { cpus, totalmem } from 'node:os'

export interface CaseResult {
  readonly case: string
  /** Median of the repeats' values; for latencies, of each repeat's own median. */
  readonly median: number
  readonly unit: string
  /** Smallest and largest of the repeats. */
  readonly min: number
  readonly max: number
  readonly repeats: number
  /** Over every operation of all repeats. */
  readonly p50Ms?: number
  readonly p99Ms?: number
  /** CPU time of the measured process for one operation; other processes, such as PostgreSQL's, do not count. */
  readonly cpuUsPerOp?: number
  /** The same of PostgreSQL's processes, where it was measured. */
  readonly databaseCpuUsPerOp?: number
  /** The least that the same work can take, in `unit`, measured between the repeats. */
  readonly floor?: number
  /** `median` ÷ `floor`. */
  readonly ratio?: number
  /** Smallest and largest ratio of the repeats. */
  readonly ratioMin?: number
  readonly ratioMax?: number
  /** Of a page: its size, what of it goes over the wire, and what its scripts add to that. */
  readonly htmlBytes?: number
  readonly htmlBytesSent?: number
  readonly scriptBytesSent?: number
}

export interface Bench {
  readonly name: string
  /** What the floor of this benchmark is, in a few words. */
  readonly floorIs: string
  run(context: BenchContext): Promise<CaseResult[]>
}

export interface BenchContext {
  /** Progress for the person who waits; never on standard output. */
  say(line: string): void
}

export interface Machine {
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
}

export const describeMachine = (): Machine => ({
  platform: `${process.platform}-${process.arch}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  node: process.versions.node,
})

interface LatencyCase<Operation> {
  readonly name: string
  readonly operations: readonly Operation[]
  readonly repeats: number
  readonly measured: (operation: Operation) => Promise<unknown>
  readonly floor: (operation: Operation) => Promise<unknown>
  /** Microseconds of CPU that the measured process has used so far. */
  readonly cpuUs: () => Promise<number>
}

/** One operation after the other, the measured way and the floor in turns, so that both meet the same noise. */
export async function measureLatency<Operation>(latencyCase: LatencyCase<Operation>): Promise<CaseResult> {
  const { name, operations, repeats, measured, floor, cpuUs } = latencyCase
  await timeEach(operations, measured)
  await timeEach(operations, floor)
  const blocks: number[][] = []
  const floorBlocks: number[][] = []
  let cpuUsed = 0
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const cpuBefore = await cpuUs()
    blocks.push(await timeEach(operations, measured))
    cpuUsed += (await cpuUs()) - cpuBefore
    floorBlocks.push(await timeEach(operations, floor))
  }
  const medians = blocks.map((block) => quantile(block, 0.5))
  const floorMedian = quantile(
    floorBlocks.map((block) => quantile(block, 0.5)),
    0.5,
  )
  const all = blocks.flat()
  return {
    ...summarize({ name, values: medians, unit: 'ms', floor: floorMedian }),
    p50Ms: rounded(quantile(all, 0.5)),
    p99Ms: rounded(quantile(all, 0.99)),
    cpuUsPerOp: Math.round(cpuUsed / (repeats * operations.length)),
  }
}

interface ThroughputCase {
  readonly name: string
  readonly operations: number
  /** Requests under way at once. */
  readonly clients: number
  readonly repeats: number
  /** `number` counts on over all repeats, so that each operation can be another one. */
  readonly measured: (number: number) => Promise<unknown>
  readonly floor: (number: number) => Promise<unknown>
  readonly cpuUs: () => Promise<number>
}

/** Operations a second with a few clients at once, the measured way and the floor in turns. */
export async function measureThroughput(throughputCase: ThroughputCase): Promise<CaseResult> {
  const { name, operations, clients, repeats, measured, floor, cpuUs } = throughputCase
  let number = 0
  const run = async (
    operation: (number: number) => Promise<unknown>,
  ): Promise<{ perSecond: number; times: number[] }> => {
    const times: number[] = []
    let left = operations
    const startedAt = performance.now()
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (left > 0) {
          left -= 1
          number += 1
          const beganAt = performance.now()
          await operation(number)
          times.push(performance.now() - beganAt)
        }
      }),
    )
    return { perSecond: (operations * 1000) / (performance.now() - startedAt), times }
  }
  await run(floor)
  const blocks: { perSecond: number; times: number[] }[] = []
  const floors: number[] = []
  let cpuUsed = 0
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const cpuBefore = await cpuUs()
    blocks.push(await run(measured))
    cpuUsed += (await cpuUs()) - cpuBefore
    floors.push((await run(floor)).perSecond)
  }
  const all = blocks.flatMap(({ times }) => times)
  return {
    ...summarize({
      name,
      values: blocks.map(({ perSecond }) => perSecond),
      unit: 'requests/s',
      floor: quantile(floors, 0.5),
    }),
    p50Ms: rounded(quantile(all, 0.5)),
    p99Ms: rounded(quantile(all, 0.99)),
    cpuUsPerOp: Math.round(cpuUsed / (repeats * operations)),
  }
}

/** A case whose repeats are single values, such as the seconds of a start. */
export function summarize(of: { name: string; values: readonly number[]; unit: string; floor?: number }): CaseResult {
  const median = quantile(of.values, 0.5)
  return {
    case: of.name,
    median: rounded(median),
    unit: of.unit,
    min: rounded(Math.min(...of.values)),
    max: rounded(Math.max(...of.values)),
    repeats: of.values.length,
    ...(of.floor === undefined ? {} : { floor: rounded(of.floor), ratio: rounded(median / of.floor) }),
  }
}

async function timeEach<Operation>(
  operations: readonly Operation[],
  run: (operation: Operation) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = []
  for (const operation of operations) {
    const startedAt = performance.now()
    await run(operation)
    times.push(performance.now() - startedAt)
  }
  return times
}

/** Nearest rank; for an even count the median is the mean of the two in the middle. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  if (sorted.length === 0) throw new Error('there is nothing to take a quantile of')
  const at = (index: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, index))] ?? Number.NaN
  if (share === 0.5 && sorted.length % 2 === 0) return (at(sorted.length / 2 - 1) + at(sorted.length / 2)) / 2
  return at(Math.ceil(share * sorted.length) - 1)
}

export const rounded = (value: number): number => Number(value.toPrecision(4))
