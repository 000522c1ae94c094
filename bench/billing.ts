// Events of Stripe a second, taken in over HTTP with real signatures and each kept and queued when it is answered; and how many
// subscriptions a second are made to agree with Stripe, as most events lead to: there is nothing new.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { buildWebIfStale } from '../scripts/web-build.ts'
import { openIntake } from './billing/intake.ts'
import type { Intake } from './billing/intake.ts'
import { openReconciling } from './billing/reconcile.ts'
import { measureThroughput, quantile, rounded } from './harness.ts'
import type { Bench, BenchContext, CaseResult } from './harness.ts'
import { startServer } from './marketplace/server-process.ts'
import type { ServerProcess } from './marketplace/server-process.ts'
import { runLoad } from './metering/generator.ts'
import { hasPgbench, pgbench } from './metering/pgbench.ts'

const repeats = 5
const seconds = 3
const connections = 16

export const bench: Bench = {
  name: 'billing',
  floorIs:
    'webhook-intake: pgbench inserting the same event into the same table, one per transaction, before and after each repeat; ' +
    'reconcile: the same calls to the sandbox, and the row read and written in one transaction',
  async run(context) {
    if (!(await hasPgbench())) throw new Error('pgbench is not installed: there is no floor to compare with')
    await buildWebIfStale()
    const dataDir = await mkdtemp(join(tmpdir(), 'rialto-bench-'))
    const database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
    try {
      const server = await startServer({ databaseUrl: database.url, dataDir })
      try {
        return await measure({ databaseUrl: database.url, server, dataDir }, context)
      } finally {
        await server.stop()
      }
    } finally {
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  },
}

interface Place {
  readonly databaseUrl: string
  readonly server: ServerProcess
  readonly dataDir: string
}

/** Each case of this benchmark, by its name. */
const cases: Readonly<Record<string, (place: Place) => Promise<CaseResult>>> = {
  'webhook-intake': measureIntake,
  reconcile: measureReconcile,
}

async function measure(place: Place, { say }: BenchContext): Promise<CaseResult[]> {
  const chosen = process.argv
    .find((argument) => argument.startsWith('--cases='))
    ?.slice(8)
    .split(',')
  const results: CaseResult[] = []
  for (const [name, run] of Object.entries(cases)) {
    if (chosen !== undefined && !chosen.includes(name)) continue
    const result = await run(place)
    results.push(result)
    say(`${name}: ${result.median} ${result.unit}, ${result.ratio} × the floor`)
  }
  return results
}

/** Floor, HTTP, floor, again and again: each repeat is held against the mean of the floors around it. */
async function measureIntake(place: Place): Promise<CaseResult> {
  const intake = await openIntake(place)
  try {
    return await measureAgainstInsert(place, intake)
  } finally {
    await intake.close()
  }
}

/** As many as a process works on at once. The sandbox answers one call after the other. */
const reconcilesAtOnce = 8

async function measureReconcile({ databaseUrl }: Place): Promise<CaseResult> {
  const { reconcile, floor, close } = await openReconciling(databaseUrl)
  try {
    const result = await measureThroughput({
      name: 'reconcile',
      operations: 400,
      clients: reconcilesAtOnce,
      repeats,
      measured: reconcile,
      floor,
      cpuUs: async () => {
        const { user, system } = process.cpuUsage()
        return user + system
      },
    })
    return { ...result, unit: 'reconciles/s' }
  } finally {
    await close()
  }
}

async function measureAgainstInsert({ databaseUrl, server }: Place, intake: Intake): Promise<CaseResult> {
  const floorOf = (): Promise<number> =>
    pgbench(databaseUrl, {
      script: new URL('billing/insert.pgbench.sql', import.meta.url),
      clients: connections,
      seconds,
      variables: { payload: Buffer.from(intake.sample).toString('hex') },
    })
  const onAnswer = (body: string): void => {
    if (body !== '{"received":true}') throw new Error(`Not what was expected: ${body.slice(0, 300)}`)
  }
  const load = { origin: server.origin, connections, request: intake.request, onAnswer }
  let answered = (await runLoad({ ...load, seconds: 1 })).requests
  const [rates, floors, latencies]: [number[], number[], number[]] = [[], [], []]
  let [serverCpu, counted] = [0, 0]
  let before = await floorOf()
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const cpuBefore = await server.cpuUs()
    const result = await runLoad({ ...load, seconds })
    serverCpu += (await server.cpuUs()) - cpuBefore
    counted += result.requests
    const after = await floorOf()
    rates.push(result.requests / result.seconds)
    floors.push((before + after) / 2)
    for (const latency of result.latencies) latencies.push(latency)
    before = after
  }
  answered += counted
  const { events, jobs } = await intake.counts()
  // Else something would have been measured that is not what it says.
  if (events !== answered || jobs !== answered) {
    throw new Error(`${answered} were answered, ${events} kept whole, ${jobs} queued`)
  }
  const ratios = rates.map((rate, place) => rate / (floors[place] ?? Number.NaN))
  return {
    case: 'webhook-intake',
    median: rounded(quantile(rates, 0.5)),
    unit: 'events/s',
    min: rounded(Math.min(...rates)),
    max: rounded(Math.max(...rates)),
    repeats,
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    cpuUsPerOp: Math.round(serverCpu / counted),
    floor: rounded(quantile(floors, 0.5)),
    ratio: rounded(quantile(ratios, 0.5)),
    ratioMin: rounded(Math.min(...ratios)),
    ratioMax: rounded(Math.max(...ratios)),
  }
}
