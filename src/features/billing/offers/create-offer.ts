import { and, eq, isNull } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agentAddonOffers, agentMetricDefinitions, agentPricingTiers } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { checkAmount, fieldError, lockAgent } from '#src/features/pricing/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { describeOffer, listOffers } from './list-offers.ts'
import { liveOffersMax, offersMax } from './schema.ts'
import type { NewOffer, Offer } from './schema.ts'

interface CreateOffer {
  readonly by: AgentPublisher
  readonly offer: NewOffer
}

/**
 * Puts an add-on on offer, after the agent's others. Its terms never change. Throws `invalid_request` that names the field, and
 * `conflict` when the agent has as many as it may.
 */
export async function createOffer({ db }: Pick<Deps, 'db'>, { by, offer }: CreateOffer): Promise<Offer> {
  checkTerms(offer)
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const present = await listOffers(tx, by.agentId)
    requireRoom(present)
    requireFreeName(present, offer)
    await requireMatchingTier(tx, { agentId: by.agentId, offer })
    const { metric, priceMinor, billingInterval, ...rest } = offer
    const [row] = await tx
      .insert(agentAddonOffers)
      .values({
        ...rest,
        agentId: by.agentId,
        metricId: await getMetricId(tx, { agentId: by.agentId, metric }),
        price: priceMinor,
        billingInterval: billingInterval ?? null,
        sortOrder: present.length,
      })
      .returning()
    if (row === undefined) throw new Error('The add-on was not inserted')
    await recordAudit(tx, {
      userId: by.userId,
      orgId: by.organizationId,
      action: 'addon_offer.create',
      resource: 'agent',
      resourceId: by.agentId,
      metadata: { offerId: row.id, after: offer },
    })
    await refreshAgentSearch(tx, [by.agentId])
    return describeOffer(row, metric)
  })
}

function checkTerms(offer: NewOffer): void {
  checkAmount(offer)
  if (offer.scope === 'permanent' && offer.billingInterval === undefined) {
    throw fieldError('billingInterval', 'is needed for what comes with every bill')
  }
  if (offer.scope === 'one_cycle' && offer.billingInterval !== undefined) {
    throw fieldError('billingInterval', 'must be left out for what is paid once')
  }
}

function requireRoom(present: readonly Offer[]): void {
  const live = present.filter(({ archivedAt }) => archivedAt === null)
  if (live.length < liveOffersMax && present.length < offersMax) return
  throw new AppError('conflict', { detail: 'The agent has as many add-ons as it may.', liveOffersMax, offersMax })
}

/** Two by one name could not be told apart. */
function requireFreeName(present: readonly Offer[], { displayName }: NewOffer): void {
  const plain = (name: string): string => name.normalize('NFKC').toLowerCase()
  const isTaken = present.some((row) => row.archivedAt === null && plain(row.displayName) === plain(displayName))
  if (isTaken) throw fieldError('displayName', 'is the name of another add-on on offer')
}

interface OfAgent {
  readonly agentId: string
  readonly offer: NewOffer
}

/** Nobody could buy what fits no subscription: one has one currency, and one length. */
async function requireMatchingTier(tx: Transaction, { agentId, offer }: OfAgent): Promise<void> {
  const tiers = await tx
    .selectDistinct({ currency: agentPricingTiers.currency, billingInterval: agentPricingTiers.billingInterval })
    .from(agentPricingTiers)
    .where(
      and(
        eq(agentPricingTiers.agentId, agentId),
        isNull(agentPricingTiers.archivedAt),
        eq(agentPricingTiers.isFree, false),
      ),
    )
  const inCurrency = tiers.filter(({ currency }) => currency === offer.currency)
  if (inCurrency.length === 0) throw fieldError('currency', 'must be that of a paid tier of this agent on offer')
  if (offer.billingInterval === undefined) return
  if (inCurrency.every(({ billingInterval }) => billingInterval !== offer.billingInterval)) {
    throw fieldError('billingInterval', 'must be that of a paid tier of this agent on offer, in the same currency')
  }
}

async function getMetricId(
  tx: Transaction,
  { agentId, metric }: { readonly agentId: string; readonly metric: string },
): Promise<string> {
  const [found] = await tx
    .select({ id: agentMetricDefinitions.id })
    .from(agentMetricDefinitions)
    .where(
      and(
        eq(agentMetricDefinitions.agentId, agentId),
        eq(agentMetricDefinitions.slug, metric),
        isNull(agentMetricDefinitions.archivedAt),
      ),
    )
  if (found === undefined) throw fieldError('metric', 'is not a metric in use of this agent')
  return found.id
}
