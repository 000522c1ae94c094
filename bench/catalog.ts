// Search and lists over HTTP with 100,000 agents, one client, beside the same SQL sent straight through the driver.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { pino } from 'pino'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { migrate } from '#src/db/migrate.ts'
import { catalogCases } from './catalog/cases.ts'
import { measureCorrections } from './catalog/corrections.ts'
import { generateVocabulary } from './catalog/generate.ts'
import { loadAgents } from './catalog/load.ts'
import { recordStatements } from './catalog/record.ts'
import { measureSuggestions } from './catalog/suggest.ts'
import { measureLatency } from './harness.ts'
import type { Bench, BenchContext, CaseResult } from './harness.ts'
import { startServer } from './marketplace/server-process.ts'
import type { ServerPlace } from './marketplace/server-process.ts'

const agentCount = Number(process.env['BENCH_AGENTS'] ?? 100_000)
const repeats = 5

export const bench: Bench = {
  name: 'catalog',
  floorIs: 'the statements of the same request, recorded, sent through the PostgreSQL driver without the server',
  async run(context) {
    const dataDir = await mkdtemp(join(tmpdir(), 'rialto-bench-'))
    const log = pino({ level: 'silent' })
    const database = await openEmbeddedDatabase({ dataDir, log })
    try {
      await migrate({ url: database.url, log })
      return await measure({ databaseUrl: database.url, dataDir }, context)
    } finally {
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  },
}

async function measure(place: ServerPlace, { say }: BenchContext): Promise<CaseResult[]> {
  const url = place.databaseUrl
  const vocabulary = generateVocabulary()
  const loaded = await loadAgents({ url, count: agentCount, vocabulary })
  say(
    `${agentCount} agents in ${Math.round(loaded.insertMs / 1000)} s, searchable in ${Math.round(loaded.indexMs / 1000)} s`,
  )

  const server = await startServer(place)
  const pool = new Pool({ connectionString: url, max: 4 })
  try {
    const get = async (path: string): Promise<unknown> => {
      // Uncompressed: what is measured is the catalogue, not Brotli at both ends.
      const response = await fetch(`${server.origin}/api/v1${path}`, { headers: { 'accept-encoding': 'identity' } })
      const body: unknown = await response.json()
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
      return body
    }
    const results: CaseResult[] = []
    for (const { name, paths } of await catalogCases({ vocabulary, agentCount, get })) {
      const operations = await recordStatements(pool, paths)
      results.push(
        await measureLatency({
          name,
          operations,
          repeats,
          measured: ({ path }) => get(path),
          floor: ({ replay }) => replay(),
          cpuUs: server.cpuUs,
        }),
      )
      say(`${name} measured`)
    }
    results.push(await measureCorrections({ vocabulary, get }))
    say('corrections measured')
    results.push(...(await measureSuggestions({ pool, server, vocabulary, agentCount })))
    return results
  } finally {
    await pool.end()
    await server.stop()
  }
}
