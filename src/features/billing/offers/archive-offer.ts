import { and, eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentAddonOffers, agentMetricDefinitions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { lockAgent } from '#src/features/pricing/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { describeOffer } from './list-offers.ts'
import type { Offer } from './schema.ts'

interface WhichOffer {
  readonly by: AgentPublisher
  readonly offerId: string
}

/** Takes an add-on off offer for good; who has it keeps it. Archiving again changes nothing. Throws `not_found`. */
export async function archiveOffer({ db }: Pick<Deps, 'db'>, { by, offerId }: WhichOffer): Promise<Offer> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const [present] = await tx
      .select({ offer: agentAddonOffers, metric: agentMetricDefinitions.slug })
      .from(agentAddonOffers)
      .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, agentAddonOffers.metricId))
      .where(and(eq(agentAddonOffers.id, offerId), eq(agentAddonOffers.agentId, by.agentId)))
    if (present === undefined) throw new AppError('not_found', { offerId })
    const { offer, metric } = present
    if (offer.archivedAt !== null) return describeOffer(offer, metric)
    const [row] = await tx
      .update(agentAddonOffers)
      .set({ archivedAt: sql`rialto_now()` })
      .where(eq(agentAddonOffers.id, offerId))
      .returning()
    if (row === undefined) throw new Error('The add-on went away under the lock on its agent')
    await recordAudit(tx, {
      userId: by.userId,
      orgId: by.organizationId,
      action: 'addon_offer.archive',
      resource: 'agent',
      resourceId: by.agentId,
      metadata: { offerId, displayName: offer.displayName },
    })
    await refreshAgentSearch(tx, [by.agentId])
    return describeOffer(row, metric)
  })
}
