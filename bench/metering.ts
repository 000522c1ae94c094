// Events a second over HTTP with real tokens, each answered when it is durable, beside what the database can do at the same time.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { buildWebIfStale } from '../scripts/web-build.ts'
import { quantile, rounded } from './harness.ts'
import type { Bench, BenchContext, CaseResult } from './harness.ts'
import { startServer } from './marketplace/server-process.ts'
import type { ServerProcess } from './marketplace/server-process.ts'
import { databaseCpuUs } from './metering/database-cpu.ts'
import { runLoad } from './metering/generator.ts'
import type { Load } from './metering/generator.ts'
import { hasPgbench, pgbench } from './metering/pgbench.ts'
import { emptySlug, fillLedger, requireExact, setUp, slug, subscribers } from './metering/set-up.ts'
import type { Scene } from './metering/set-up.ts'

const repeats = 5
const seconds = 3

interface Case {
  readonly name: string
  readonly connections: number
  readonly request: Load['request']
  /** Events in one request. */
  readonly events?: number
  readonly mustSay?: string
  /** Fills the ledger up to so many rows first. */
  readonly rows?: number
  /** One event per transaction on one counter, not spread. */
  readonly isHot?: boolean
}

export const bench: Bench = {
  name: 'metering',
  floorIs:
    'pgbench on the same tables and the same durability, one event per transaction, before and after each repeat',
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

async function measure(place: Place, { say }: BenchContext): Promise<CaseResult[]> {
  const scene = await setUp(place.databaseUrl)
  const postmaster = Number(
    (await readFile(join(place.dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '0')).split('\n')[0],
  )
  const results: CaseResult[] = []
  const chosen = process.argv
    .find((argument) => argument.startsWith('--cases='))
    ?.slice(8)
    .split(',')
  for (const one of casesOf()) {
    if (chosen !== undefined && !chosen.includes(one.name)) continue
    if (one.rows !== undefined) await fillLedger(place.databaseUrl, one.rows)
    results.push(await measureCase(one, { ...place, scene, postmaster }))
    await requireExact(place.databaseUrl)
    say(`${one.name}: ${results.at(-1)?.median} events/s, ${results.at(-1)?.ratio} × the floor`)
  }
  return results
}

function casesOf(): readonly Case[] {
  const person = (number: number): string => `bench-${1 + (number % subscribers)}`
  const report = (fields: Readonly<Record<string, unknown>>): { path: string; body: string } => ({
    path: '/api/v1/usage',
    body: JSON.stringify({ clientReqId: crypto.randomUUID(), metric: slug, ...fields }),
  })
  const spread = (number: number) => report({ userId: person(number) })
  const seen: string[] = []
  return [
    { name: 'http-c64', connections: 64, request: spread },
    { name: 'http-c256', connections: 256, request: spread },
    { name: 'hot', connections: 64, request: () => report({ userId: 'bench-1' }), isHot: true },
    {
      name: 'batch100',
      connections: 8,
      events: 100,
      request: (number) => ({
        path: '/api/v1/usage/batch',
        body: JSON.stringify({
          events: Array.from({ length: 100 }, (_, place) => ({
            clientReqId: crypto.randomUUID(),
            metric: slug,
            userId: person(number * 100 + place),
          })),
        }),
      }),
    },
    {
      name: 'check',
      connections: 64,
      request: (number) => ({
        path: '/api/v1/usage/check',
        body: JSON.stringify({ metric: slug, userId: person(number) }),
      }),
    },
    {
      name: 'replay50',
      connections: 64,
      request: (number) => {
        // Each second request sends again what was sent a good while before.
        const again = number % 2 === 1 ? seen[seen.length - 500] : undefined
        if (again !== undefined) return { path: '/api/v1/usage', body: again }
        const fresh = spread(number)
        seen.push(fresh.body)
        return fresh
      },
    },
    {
      name: 'deny50',
      connections: 64,
      mustSay: '"allowed":',
      request: (number) => report({ userId: person(number), metric: number % 2 === 1 ? emptySlug : slug }),
    },
    { name: 'rows-1m', connections: 64, request: spread, rows: 1_000_000 },
    { name: 'rows-10m', connections: 64, request: spread, rows: 10_000_000 },
  ]
}

interface Stage extends Place {
  readonly scene: Scene
  readonly postmaster: number
}

/** Floor, HTTP, floor, again and again: each repeat is held against the mean of the floors around it. */
async function measureCase(one: Case, stage: Stage): Promise<CaseResult> {
  const { server, postmaster } = stage
  const events = one.events ?? 1
  const token = await issueToken(stage)
  const load = { origin: server.origin, connections: one.connections, request: one.request, token }
  const mustSay = one.mustSay ?? '"allowed":true'
  const onAnswer = (body: string): void => {
    if (!body.includes(mustSay)) throw new Error(`Not what was expected: ${body.slice(0, 300)}`)
  }
  await runLoad({ ...load, seconds: 1, onAnswer })
  const rates: number[] = []
  const floors: number[] = []
  const latencies: number[] = []
  let [serverCpu, databaseCpu, counted] = [0, 0, 0]
  let before = await floorOf(one, stage)
  for (let repeat = 0; repeat < repeats; repeat++) {
    const [serverBefore, databaseBefore] = [await server.cpuUs(), await databaseCpuUs(postmaster)]
    const result = await runLoad({ ...load, seconds, onAnswer })
    serverCpu += (await server.cpuUs()) - serverBefore
    databaseCpu += ((await databaseCpuUs(postmaster)) ?? 0) - (databaseBefore ?? 0)
    counted += result.requests * events
    const after = await floorOf(one, stage)
    rates.push((result.requests * events) / result.seconds)
    floors.push((before + after) / 2)
    for (const latency of result.latencies) latencies.push(latency)
    before = after
  }
  const ratios = rates.map((rate, place) => rate / (floors[place] ?? Number.NaN))
  return {
    case: one.name,
    median: rounded(quantile(rates, 0.5)),
    unit: 'events/s',
    min: rounded(Math.min(...rates)),
    max: rounded(Math.max(...rates)),
    repeats,
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    cpuUsPerOp: Math.round(serverCpu / counted),
    ...(databaseCpu > 0 && { databaseCpuUsPerOp: Math.round(databaseCpu / counted) }),
    floor: rounded(quantile(floors, 0.5)),
    ratio: rounded(quantile(ratios, 0.5)),
    ratioMin: rounded(Math.min(...ratios)),
    ratioMax: rounded(Math.max(...ratios)),
  }
}

function floorOf(one: Case, { databaseUrl, scene }: Stage): Promise<number> {
  const clients = one.events === undefined ? one.connections : 64
  const variables = {
    agent: scene.agentId,
    metric: scene.metricId,
    subscribers: one.isHot === true ? 1 : subscribers,
  }
  return pgbench(databaseUrl, { script: 'floor', clients: Math.min(clients, 64), seconds, variables })
}

async function issueToken({ server, scene }: Stage): Promise<string> {
  const response = await fetch(`${server.origin}/api/auth/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${scene.clientId}:${scene.clientSecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'usage:read usage:write',
      resource: `${server.origin}/api`,
    }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}
