import { desc, eq, sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions, subscriptionAddons, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'

export type AddonRow = typeof subscriptionAddons.$inferSelect

/** An add-on as operators see it. */
export interface Addon {
  readonly id: string
  readonly metric: string
  readonly amount: number
  readonly scope: 'one_cycle' | 'permanent'
  readonly source: 'admin_grant' | 'purchased'
  readonly reason: string | null
  readonly grantedAt: string
  readonly revokedAt: string | null
}

const addonsShownMax = 200

/** The add-ons of a subscription, live ones first, newest first; 200 at most. Throws `not_found`. */
export async function listAddons(db: Database, subscriptionId: string): Promise<Addon[]> {
  const isThere = await db.$count(userAgentSubscriptions, eq(userAgentSubscriptions.id, subscriptionId))
  if (isThere === 0) throw new AppError('not_found', { subscriptionId })
  const rows = await db
    .select({ addon: subscriptionAddons, metric: agentMetricDefinitions.slug })
    .from(subscriptionAddons)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, subscriptionAddons.metricId))
    .where(eq(subscriptionAddons.subscriptionId, subscriptionId))
    .orderBy(
      sql`${subscriptionAddons.revokedAt} IS NOT NULL`,
      desc(subscriptionAddons.grantedAt),
      desc(subscriptionAddons.id),
    )
    .limit(addonsShownMax)
  return rows.map(({ addon, metric }) => toAddon({ ...addon, metric }))
}

export const toAddon = (row: AddonRow & { readonly metric: string }): Addon => ({
  id: row.id,
  metric: row.metric,
  amount: row.amount,
  scope: row.scope,
  source: row.source,
  reason: row.reason,
  grantedAt: row.grantedAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
})
