import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listSample } from '#src/features/sample-agents/list-sample.ts'
import { samples } from '#src/features/sample-agents/samples.ts'
import { startSampleAgents } from '#src/features/sample-agents/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** As a start does before it runs them. */
async function listAll(): Promise<void> {
  for (const sample of samples) await listSample(server.deps, { sample, origin: 'http://localhost:1' })
}

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

test('a sample costs what its listing says, once, also where it was listed before it cost anything', async () => {
  const { pool } = server.deps
  const tiers = async () => {
    const { rows } = await pool.query<{ tier: string }>(`
      SELECT tier_name || ' ' || price || ' ' || currency || '/' || billing_interval || ', ' || trial_days || ' days, ' ||
        coalesce(string_agg(quota.quota_limit::text, ' '), '-') AS tier
      FROM agent_pricing_tiers AS tier JOIN agents AS agent ON agent.id = tier.agent_id
        LEFT JOIN tier_metric_quotas AS quota ON quota.tier_id = tier.id
      WHERE agent.slug = 'readability' GROUP BY tier.id ORDER BY tier.sort_order`)
    return rows.map(({ tier }) => tier)
  }
  const listed = [
    'Free 0 USD/month, 0 days, 5',
    'Reader 900 USD/month, 14 days, 200',
    'Reader, by the year 9000 USD/year, 14 days, 200',
    'Studio 2900 USD/month, 0 days, 2000',
  ]
  await listAll()
  expect(await tiers()).toEqual(listed)

  await pool.query('DELETE FROM agent_addon_offers')
  await pool.query('DELETE FROM agent_pricing_tiers WHERE price > 0')
  await listAll()
  await listAll()
  expect(await tiers()).toEqual(listed)
  const once = { scope: 'one_cycle', currency: 'USD', every: null }
  const offers = await pool.query(
    `SELECT display_name, amount::int, scope, price::int, currency, billing_interval AS every
     FROM agent_addon_offers ORDER BY amount, price`,
  )
  expect(offers.rows).toEqual([
    { ...once, display_name: '5 more projects', amount: 5, scope: 'permanent', price: 300, every: 'month' },
    { ...once, display_name: '100 more texts', amount: 100, price: 300 },
    { ...once, display_name: '100 more texts', amount: 100, price: 400 },
    { ...once, display_name: '5,000 more steps', amount: 5_000, price: 300 },
  ])

  await pool.query("UPDATE agent_pricing_tiers SET archived_at = now() WHERE tier_name = 'Studio'")
  await listAll()
  expect(await tiers()).toHaveLength(4)
})

test('an agent of somebody else that has a sample’s address is left alone', async () => {
  const { pool } = server.deps
  await pool.query(
    "UPDATE agents SET organization_id = NULL, homepage_url = 'https://rota.example' WHERE slug = 'rota'",
  )
  await listAll()
  const { rows } = await pool.query("SELECT homepage_url FROM agents WHERE slug = 'rota'")
  expect(rows).toEqual([{ homepage_url: 'https://rota.example' }])
})
