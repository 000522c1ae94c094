// What signing in costs: tokens issued, tokens verified on an API request, a page for somebody who is signed in.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { buildWebIfStale } from '../scripts/web-build.ts'
import { measureThroughput } from './harness.ts'
import type { Bench, BenchContext, CaseResult } from './harness.ts'
import { addAgent, signInBuyer } from './identity/set-up.ts'
import { startServer } from './marketplace/server-process.ts'
import type { ServerPlace, ServerProcess } from './marketplace/server-process.ts'

const repeats = 5
const clients = 8
const operations = 400

export const bench: Bench = {
  name: 'identity',
  floorIs: 'the same server answering without any authentication: /healthz for the API, the same page signed out',
  async run(context) {
    await buildWebIfStale()
    const dataDir = await mkdtemp(join(tmpdir(), 'rialto-bench-'))
    const database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
    try {
      const place = { databaseUrl: database.url, dataDir }
      const server = await startServer(place)
      try {
        return await measure({ place, server }, context)
      } finally {
        await server.stop()
      }
    } finally {
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  },
}

async function measure(
  { place, server }: { place: ServerPlace; server: ServerProcess },
  { say }: BenchContext,
): Promise<CaseResult[]> {
  const { origin, cpuUs } = server
  const { clientId, clientSecret } = await addAgent(place.databaseUrl)
  const cookie = await signInBuyer({ origin, dataDir: place.dataDir })
  const get = (path: string, headers: Record<string, string> = {}): Promise<string> =>
    answer(`${origin}${path}`, { headers })
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const issue = async (): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'usage:read',
      resource: `${origin}/api`,
    })
    const text = await answer(`${origin}/api/auth/oauth2/token`, { method: 'POST', headers: { authorization }, body })
    return (JSON.parse(text) as { access_token: string }).access_token
  }
  const me = (token: string): Promise<string> => get('/api/v1/me', { authorization: `Bearer ${token}` })

  const shared = { clients, repeats, cpuUs, operations }
  const health = () => get('/healthz')
  const results: CaseResult[] = []
  const add = async (result: Promise<CaseResult>): Promise<void> => {
    results.push(await result)
    say(`${results.at(-1)?.case} measured`)
  }
  const fresh: string[] = []
  await add(
    measureThroughput({ ...shared, name: 'token', measured: async () => fresh.push(await issue()), floor: health }),
  )
  const [known = ''] = fresh
  await add(measureThroughput({ ...shared, name: 'api-cached', measured: () => me(known), floor: health }))
  // Each of these tokens is seen for the first time.
  await add(
    measureThroughput({ ...shared, name: 'api-uncached', measured: () => me(fresh.pop() ?? ''), floor: health }),
  )
  const page = '/agents/openhands'
  const signedIn = () => get(page, { cookie })
  // A cookie that nobody knows keeps the answer from coming out of memory.
  const stranger = () => get(page, { cookie: 'stranger=1' })
  await add(measureThroughput({ ...shared, name: 'page-signed-in', measured: signedIn, floor: stranger }))
  await add(measureThroughput({ ...shared, name: 'floor', measured: health, floor: health }))
  return results
}

async function answer(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, { ...init, headers: { 'accept-encoding': 'identity', ...init.headers } })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`)
  return text
}
