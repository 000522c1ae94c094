import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSampleAgents } from '#src/features/sample-agents/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const credentialsFile = () => join(server.deps.config.dataDir, 'samples', 'readability.json')
const startOnce = async () => {
  const samples = await startSampleAgents(server.deps)
  const page = await fetch(`http://localhost:${samples.ports[0]}/`)
  await samples.stop()
  return { ports: samples.ports, status: page.status, credentials: await readFile(credentialsFile(), 'utf8') }
}

test('a sample is listed once, comes up, and keeps its credentials for its owner’s eyes only', async () => {
  const first = await startOnce()
  expect(first.status).toBe(200)
  expect((await stat(credentialsFile())).mode & 0o777).toBe(0o600)
  const second = await startOnce()
  expect(second.credentials).toBe(first.credentials)
  const { rows } = await server.deps.pool.query("SELECT slug, listing, status FROM agents WHERE slug = 'readability'")
  expect(rows).toEqual([{ slug: 'readability', listing: 'agent', status: 'published' }])
  const found = await fetch(`${server.origin}/api/v1/agents?q=readabilty`)
  const { items } = (await found.json()) as { items: { slug: string; isUnclaimed: boolean }[] }
  expect(items[0]).toMatchObject({ slug: 'readability', isUnclaimed: false })
})

test('a damaged credentials file is replaced by a new secret that works', async () => {
  await writeFile(credentialsFile(), '{"clientId":')
  expect((await startOnce()).status).toBe(200)
})

test('launching leads to the agent’s own sign-in with our issuer; a directory entry can’t be launched', async () => {
  const launch = await fetch(`${server.origin}/agents/readability/launch`, { redirect: 'manual' })
  const location = new URL(launch.headers.get('location') ?? '')
  expect(location.pathname).toBe('/sign-in')
  expect(location.searchParams.get('iss')).toBe(`${server.origin}/api/auth`)
  expect((await fetch(`${server.origin}/agents/openhands/launch`, { redirect: 'manual' })).status).toBe(404)
})
