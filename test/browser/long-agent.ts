// An agent whose publisher used all the room there is: what only a browser can show to fit.
import { agentCapabilities, agentChangelog, agentMetricDefinitions, agentPricingTiers } from '#src/db/schema/index.ts'
import { agents, tierMetricQuotas } from '#src/db/schema/index.ts'
import { addAgent } from '#test/integration/oauth/market.ts'
import type { TestAgent } from '#test/integration/oauth/market.ts'
import type { TestServer } from '#test/support/server.ts'
import { eq } from 'drizzle-orm'

/** Unbroken names, a description of 50,000 characters, 50 capabilities, and as many tiers. */
export async function addLongAgent(server: TestServer, tierCount: number): Promise<TestAgent> {
  const { db } = server.deps
  const agent = await addAgent(server, { name: 'Unbroken'.repeat(10) })
  const agentId = agent.id
  const long = { tagline: 'W'.repeat(200), description: '[Words](https://example.com) and more.\n\n'.repeat(1_250) }
  await db.update(agents).set(long).where(eq(agents.id, agentId))
  const capabilities = Array.from({ length: 50 }, (_, place) => ({ agentId, title: `${place}${'T'.repeat(100)}` }))
  await db.insert(agentCapabilities).values(capabilities)
  await db.insert(agentChangelog).values({ agentId, version: 'v'.repeat(80), summary: 's'.repeat(500) })
  const name = 'Metric'.repeat(12)
  const metric = { agentId, slug: 'metric', displayName: name, unit: 'units' }
  const metricId = (await db.insert(agentMetricDefinitions).values(metric).returning())[0]?.id ?? ''
  for (let place = 0; place < tierCount; place += 1) {
    const id = crypto.randomUUID()
    const terms = { price: 100 + place, currency: 'EUR', recommended: place === 1, sortOrder: place }
    const tierName = place === 1 ? 'Recommended'.repeat(7) : `Tier ${place}`
    await db
      .insert(agentPricingTiers)
      .values({ id, agentId, tierName, description: 'For whom? '.repeat(place), ...terms })
    await db.insert(tierMetricQuotas).values({ tierId: id, metricId, quotaLimit: 10 ** place })
  }
  return agent
}
