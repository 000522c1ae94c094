import { and, eq, isNull, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agentMetricDefinitions, subscriptionAddons } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { graceMsOf } from './grace.ts'
import type { MeterDeps } from './grace.ts'
import type { AddonChange } from './grant-addon.ts'
import { lockSubscription } from './lock-subscription.ts'
import { writeOrPreview } from './preview.ts'
import { toAddon } from './read-addons.ts'
import type { AddonRow } from './read-addons.ts'
import { readState } from './read-meter.ts'

export interface RevokeAddon {
  readonly subscriptionId: string
  readonly addonId: string
  /** Undefined: the system, as after its payment was refunded. */
  readonly operatorId: string | undefined
  readonly reason: string
  /** Nothing stays; the answer says what would be. */
  readonly isPreview: boolean
}

/**
 * Takes an add-on back from now on. What was used of it stays used, so the counter may be over its limit afterwards. Throws
 * `not_found`, and `conflict` for one that is revoked already, one that is billed again and again, and a subscription that is over.
 */
export async function revokeAddon({ db, config }: MeterDeps, revoke: RevokeAddon): Promise<AddonChange> {
  return writeOrPreview(db, {
    isPreview: revoke.isPreview,
    work: async (tx) => {
      const subscription = await lockSubscription(tx, revoke.subscriptionId)
      const present = await getAddon(tx, revoke)
      requireUnbilled(present)
      const which = { ...subscription, metric: present.metric, graceMs: graceMsOf(config) }
      const before = await readState(tx, which)
      const row = await markRevoked(tx, revoke)
      const after = await readState(tx, which)
      await recordAudit(tx, {
        userId: revoke.operatorId,
        action: 'addon.revoke',
        resource: 'subscription',
        resourceId: subscription.id,
        metadata: {
          addonId: row.id,
          metric: present.metric,
          amount: row.amount,
          scope: row.scope,
          source: row.source,
          reason: revoke.reason,
          limitBefore: before.limit,
          limitAfter: after.limit,
        },
      })
      return { addon: toAddon({ ...row, metric: present.metric }), before, after, isReplayed: false }
    },
  })
}

interface Present {
  readonly metric: string
  readonly stripeObjectId: string | null
}

/** What goes on being billed must not stop counting: billing ends both, features/billing/addons/remove-addon.ts. */
function requireUnbilled({ stripeObjectId }: Present): void {
  if (stripeObjectId?.startsWith('si_') !== true) return
  throw new AppError('conflict', { detail: 'This add-on is billed with the subscription. Remove it instead.' })
}

async function getAddon(tx: Transaction, { subscriptionId, addonId }: RevokeAddon): Promise<Present> {
  const [row] = await tx
    .select({ metric: agentMetricDefinitions.slug, stripeObjectId: subscriptionAddons.stripeObjectId })
    .from(subscriptionAddons)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, subscriptionAddons.metricId))
    .where(and(eq(subscriptionAddons.id, addonId), eq(subscriptionAddons.subscriptionId, subscriptionId)))
  if (row === undefined) throw new AppError('not_found', { addonId })
  return row
}

async function markRevoked(tx: Transaction, { addonId, operatorId }: RevokeAddon): Promise<AddonRow> {
  const [row] = await tx
    .update(subscriptionAddons)
    .set({ revokedAt: sql`rialto_now()`, revokedBy: operatorId ?? null })
    .where(and(eq(subscriptionAddons.id, addonId), isNull(subscriptionAddons.revokedAt)))
    .returning()
  if (row === undefined) throw new AppError('conflict', { detail: 'The add-on is revoked already.' })
  return row
}
