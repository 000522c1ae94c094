import { and, eq, inArray, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import {
  agentAddonOffers,
  agentCapabilities,
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  agentSteps,
  agentTags,
  organization,
  tags,
  tierMetricQuotas,
} from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { demoAddresses } from '#src/identity/index.ts'
import type { Sample } from './sample.ts'

const publisher = { slug: 'rialto-samples', name: 'Rialto samples' }

export interface ListedSample {
  readonly agentId: string
  readonly oauthClientId: string | null
}

/**
 * Lists a sample as a live agent at its address, once; later starts only bring the address up to date. Undefined where its slug is
 * somebody else's agent.
 */
export function listSample(
  { db }: Pick<Deps, 'db'>,
  { sample, origin }: { sample: Sample; origin: string },
): Promise<ListedSample | undefined> {
  return db.transaction(async (tx) => {
    // Processes that start at once take turns; the second finds it listed.
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('rialto.sample-agents'))`)
    const addresses = { homepageUrl: origin, initiateLoginUri: `${origin}/sign-in` }
    const [known] = await tx.select().from(agents).where(eq(agents.slug, sample.slug)).for('no key update')
    // Somebody else's agent of that name is theirs.
    if (known !== undefined && known.organizationId !== (await publisherId(tx))) return undefined
    if (known !== undefined) {
      if (known.homepageUrl !== origin) await tx.update(agents).set(addresses).where(eq(agents.id, known.id))
      await offer(tx, known.id, sample)
      return { agentId: known.id, oauthClientId: known.oauthClientId }
    }
    const agentId = await insertSample(tx, { sample, addresses })
    return { agentId, oauthClientId: null }
  })
}

interface NewSample {
  readonly sample: Sample
  readonly addresses: { readonly homepageUrl: string; readonly initiateLoginUri: string }
}

async function insertSample(tx: Transaction, { sample, addresses }: NewSample): Promise<string> {
  const organizationId = await publisherId(tx)
  const { slug, name, tagline, description, languages, capabilities, steps } = sample
  const agentId = crypto.randomUUID()
  await tx.insert(agents).values({
    id: agentId,
    slug,
    name,
    tagline,
    description,
    ...addresses,
    status: 'published',
    publishedAt: sql`now()`,
    listing: 'agent',
    organizationId,
    publisherName: publisher.name,
    license: 'Apache-2.0',
    runsAs: ['web app'],
    languages: [...languages],
  })
  const tagged = await tx
    .select({ tagId: tags.id })
    .from(tags)
    .where(inArray(tags.slug, [...sample.tags]))
  if (tagged.length > 0) await tx.insert(agentTags).values(tagged.map(({ tagId }) => ({ agentId, tagId })))
  await tx.insert(agentCapabilities).values(capabilities.map((part, sortOrder) => ({ ...part, agentId, sortOrder })))
  await tx.insert(agentSteps).values(steps.map((part, sortOrder) => ({ ...part, agentId, sortOrder })))
  await offer(tx, agentId, sample)
  await recordAudit(tx, { action: 'agent.list_sample', resource: 'agent', resourceId: agentId, metadata: { slug } })
  return agentId
}

/** What it counts, includes and costs; what was set since stays. */
async function offer(tx: Transaction, agentId: string, sample: Sample): Promise<void> {
  await offerFreely(tx, agentId, sample)
  await offerForMoney(tx, agentId, sample)
  await refreshAgentSearch(tx, [agentId])
}

/** Its metrics and a free tier, unless it has metrics already. */
async function offerFreely(tx: Transaction, agentId: string, { metrics }: Sample): Promise<void> {
  if ((await tx.$count(agentMetricDefinitions, eq(agentMetricDefinitions.agentId, agentId))) === 0) {
    const [tier] = await tx
      .insert(agentPricingTiers)
      .values({ agentId, tierName: 'Free', isFree: true, price: 0 })
      .returning()
    if (tier === undefined) throw new Error('The inserted tier was not returned')
    for (const [sortOrder, { slug, displayName, unit, kind, freeUnits }] of metrics.entries()) {
      const metricId = crypto.randomUUID()
      await tx
        .insert(agentMetricDefinitions)
        .values({ id: metricId, agentId, slug, displayName, unit, kind, sortOrder })
      await tx.insert(tierMetricQuotas).values({ tierId: tier.id, metricId, quotaLimit: freeUnits })
    }
  }
}

/** Its paid tiers and add-ons, unless it ever had a paid tier or an add-on on offer. */
async function offerForMoney(tx: Transaction, agentId: string, { tiers, addons }: Sample): Promise<void> {
  const isPaid = and(eq(agentPricingTiers.agentId, agentId), eq(agentPricingTiers.isFree, false))
  const hadAny =
    (await tx.$count(agentPricingTiers, isPaid)) +
    (await tx.$count(agentAddonOffers, eq(agentAddonOffers.agentId, agentId)))
  if (hadAny > 0) return
  const metrics = await tx.select().from(agentMetricDefinitions).where(eq(agentMetricDefinitions.agentId, agentId))
  const metricIds = new Map(metrics.map(({ slug, id }) => [slug, id]))
  for (const [place, { units, ...terms }] of tiers.entries()) {
    const id = crypto.randomUUID()
    await tx.insert(agentPricingTiers).values({ id, agentId, ...terms, sortOrder: place + 1 })
    const quotas = Object.entries(units).flatMap(([slug, quotaLimit]) => {
      const metricId = metricIds.get(slug)
      return metricId === undefined ? [] : { tierId: id, metricId, quotaLimit }
    })
    if (quotas.length > 0) await tx.insert(tierMetricQuotas).values(quotas)
  }
  for (const [sortOrder, { metric, billingInterval = null, ...terms }] of addons.entries()) {
    const metricId = metricIds.get(metric)
    if (metricId === undefined) continue
    await tx.insert(agentAddonOffers).values({
      agentId,
      metricId,
      ...terms,
      billingInterval,
      scope: billingInterval === null ? 'one_cycle' : 'permanent',
      currency: 'USD',
      sortOrder,
    })
  }
}

async function publisherId(tx: Transaction): Promise<string> {
  await tx
    .insert(organization)
    .values({ id: crypto.randomUUID(), ...publisher })
    .onConflictDoNothing({ target: organization.slug })
  const [found] = await tx
    .select({ id: organization.id })
    .from(organization)
    .where(eq(organization.slug, publisher.slug))
  if (found === undefined) throw new Error('the samples’ organization was deleted while it was being used')
  await ensureOwner(tx, found.id)
  return found.id
}

/** The demo's publisher, unless somebody is in it already: else a message to the publisher would reach nobody. */
async function ensureOwner(tx: Transaction, organizationId: string): Promise<void> {
  await tx.execute(sql`
    INSERT INTO organization_member (id, organization_id, user_id, role, created_at)
    SELECT ${crypto.randomUUID()}, ${organizationId}, person.id, 'owner', now()
    FROM "user" AS person
    WHERE person.email = ${demoAddresses.publisher}
      AND NOT EXISTS (SELECT FROM organization_member WHERE organization_id = ${organizationId})`)
}
