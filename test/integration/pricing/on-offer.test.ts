// What everybody sees of an agent's tiers: over HTTP, on the API and on the page.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { createMetric } from '#src/features/pricing/metrics/create-metric.ts'
import { newMetricSchema, newTierSchema } from '#src/features/pricing/schema.ts'
import { archiveTier } from '#src/features/pricing/tiers/archive-tier.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { editTier } from '#src/features/pricing/tiers/edit-tier.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addPublisher, call, subscribe } from './publisher.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('only what can be bought now is shown, as it is sold, in its order', async () => {
  const { db } = server.deps
  const by = await addPublisher(db)
  for (const [slug, kind] of [
    ['messages', 'counter'],
    ['seats', 'gauge'],
    ['pages', 'counter'],
  ] as const) {
    await createMetric({ db }, { by, metric: newMetricSchema.parse({ slug, displayName: slug, unit: 'unit', kind }) })
  }
  const add = (tier: object) => createTier({ db }, { by, tier: newTierSchema.parse({ currency: 'EUR', ...tier }) })
  const free = await add({
    tierName: 'Free',
    priceMinor: 0,
    quotas: [
      { metric: 'messages', limit: 10 },
      { metric: 'pages', limit: 0 },
    ],
  })
  const pro = await add({
    tierName: 'Pro',
    priceMinor: 1_900,
    trialDays: 14,
    recommended: true,
    quotas: [
      { metric: 'seats', limit: 5 },
      { metric: 'messages', limit: 'unlimited' },
    ],
  })
  const gone = await add({ tierName: 'Gone', priceMinor: 100 })
  await archiveTier({ db }, { by, tierId: gone.id })
  await db.insert(agentPricingTiers).values({
    agentId: by.agentId,
    tierName: 'Later',
    price: 50,
    effectiveAt: sql`rialto_now() + interval '1 day'`,
    archivedAt: null,
  })
  await subscribe(db, { agentId: by.agentId, tierId: pro.id })
  const second = await editTier({ db }, { by, tierId: pro.id, edit: { priceMinor: 2_900 } })

  const { body } = await call(server, 'GET', `/agents/${by.slug}`)
  expect(body.tiers).toEqual([
    {
      id: free.id,
      name: 'Free',
      description: '',
      price: { amountMinor: 0, currency: 'EUR', interval: 'month' },
      usageInterval: 'month',
      trialDays: 0,
      isRecommended: false,
      quotas: [{ metric: 'messages', displayName: 'messages', unit: 'unit', kind: 'counter', limit: 10 }],
    },
    {
      id: second.id,
      name: 'Pro',
      description: '',
      price: { amountMinor: 2_900, currency: 'EUR', interval: 'month' },
      usageInterval: 'month',
      trialDays: 14,
      isRecommended: true,
      quotas: [
        { metric: 'messages', displayName: 'messages', unit: 'unit', kind: 'counter', limit: 'unlimited' },
        { metric: 'seats', displayName: 'seats', unit: 'unit', kind: 'gauge', limit: 5 },
      ],
    },
  ])
  expect(body.priceFrom).toEqual({ amountMinor: 0, currency: 'EUR', interval: 'month' })
  const page = await (await fetch(`${server.origin}/agents/${by.slug}`)).text()
  expect(page).toContain('€29.00')
  expect(page).not.toContain('€19.00')
  expect(page).not.toContain('Gone')
  expect(page).not.toContain('Later')
})

test('an agent without tiers shows none', async () => {
  expect((await call(server, 'GET', '/agents/openhands')).body.tiers).toEqual([])
  expect(await (await fetch(`${server.origin}/agents/openhands`)).text()).not.toContain('id="pricing"')
})
