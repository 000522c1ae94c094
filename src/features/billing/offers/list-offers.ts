import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentAddonOffers, agentMetricDefinitions } from '#src/db/schema/index.ts'
import { liveOffersMax, offersMax } from './schema.ts'
import type { Offer } from './schema.ts'

/** Every add-on that an agent ever offered, those that can be bought first. */
export async function listOffers(db: Database | Transaction, agentId: string): Promise<Offer[]> {
  const { archivedAt, sortOrder, id } = agentAddonOffers
  const rows = await db
    .select({ offer: agentAddonOffers, metric: agentMetricDefinitions.slug })
    .from(agentAddonOffers)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, agentAddonOffers.metricId))
    .where(eq(agentAddonOffers.agentId, agentId))
    .orderBy(sql`${archivedAt} IS NOT NULL`, asc(sortOrder), asc(id))
    .limit(offersMax)
  return rows.map(({ offer, metric }) => describeOffer(offer, metric))
}

export const describeOffer = (row: typeof agentAddonOffers.$inferSelect, metric: string): Offer => ({
  id: row.id,
  displayName: row.displayName,
  metric,
  amount: row.amount,
  scope: row.scope,
  priceMinor: row.price,
  currency: row.currency,
  billingInterval: row.billingInterval,
  archivedAt: row.archivedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
})

/** What a page shows of an add-on that can be bought. */
export interface BuyableOffer {
  readonly id: string
  readonly name: string
  readonly metric: { readonly slug: string; readonly displayName: string; readonly unit: string }
  /** Units by which it raises the limit. */
  readonly amount: number
  /** `one_cycle` is paid once, `permanent` with every bill. */
  readonly scope: 'one_cycle' | 'permanent'
  readonly priceMinor: number
  readonly currency: string
  /** Of what comes again: only a subscription that is billed as often can take it. Null: it is bought once. */
  readonly billingInterval: 'month' | 'year' | null
}

/** The add-ons of an agent that can be bought now, in their publisher's order. */
export async function readOffers(db: Database | Transaction, agentId: string): Promise<readonly BuyableOffer[]> {
  return db
    .select({
      id: agentAddonOffers.id,
      name: agentAddonOffers.displayName,
      metric: {
        slug: agentMetricDefinitions.slug,
        displayName: agentMetricDefinitions.displayName,
        unit: agentMetricDefinitions.unit,
      },
      amount: agentAddonOffers.amount,
      scope: agentAddonOffers.scope,
      priceMinor: agentAddonOffers.price,
      currency: agentAddonOffers.currency,
      billingInterval: agentAddonOffers.billingInterval,
    })
    .from(agentAddonOffers)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, agentAddonOffers.metricId))
    .where(
      and(
        eq(agentAddonOffers.agentId, agentId),
        isNull(agentAddonOffers.archivedAt),
        isNull(agentMetricDefinitions.archivedAt),
      ),
    )
    .orderBy(asc(agentAddonOffers.sortOrder), asc(agentAddonOffers.id))
    .limit(liveOffersMax)
}
