import { and, eq, isNull, or, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionAddons } from '#src/db/schema/index.ts'
import type { MeterState } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { graceMsOf } from './grace.ts'
import type { MeterDeps } from './grace.ts'
import { getMetric, lockSubscription } from './lock-subscription.ts'
import type { SubscriptionRow } from './lock-subscription.ts'
import { writeOrPreview } from './preview.ts'
import { readState } from './read-meter.ts'
import { toAddon } from './read-addons.ts'
import type { Addon, AddonRow } from './read-addons.ts'

/** Live add-ons of one subscription that operators may make; what was bought is never refused for their number. */
const liveAddonsMax = 100

export type AddonSource =
  /** An operator gives it, and says why. */
  | { readonly kind: 'admin_grant'; readonly operatorId: string; readonly reason: string }
  /** It was bought with this payment; the same payment never gives twice. */
  | { readonly kind: 'purchased'; readonly stripeObjectId: string; readonly offerId: string | null }

export interface GrantAddon {
  readonly subscriptionId: string
  /** Slug. */
  readonly metric: string
  /** Units, positive. */
  readonly amount: number
  /** `one_cycle` counts in the usage period it is granted in, `permanent` in every one until it is revoked. */
  readonly scope: 'one_cycle' | 'permanent'
  readonly source: AddonSource
  /** A UUID of the caller's: granting again with it changes nothing. */
  readonly id: string
  /** Nothing stays; the answer says what would be. */
  readonly isPreview: boolean
}

export interface AddonChange {
  readonly addon: Addon
  /** The meter before and after. */
  readonly before: MeterState
  readonly after: MeterState
  /** It had been granted already, with this id or this payment; nothing was changed. */
  readonly isReplayed: boolean
}

/**
 * Raises the limit of one metric of a subscription. Throws `not_found`, `invalid_request` for a metric that the agent doesn't
 * have, and `conflict` for a subscription that is over, an id used for something else, and more add-ons than a person could
 * keep apart.
 */
export async function grantAddon({ db, config }: MeterDeps, grant: GrantAddon): Promise<AddonChange> {
  return writeOrPreview(db, {
    isPreview: grant.isPreview,
    work: async (tx) => {
      const subscription = await lockSubscription(tx, grant.subscriptionId)
      const metric = await getMetric(tx, subscription, grant.metric)
      const which = { ...subscription, metric: grant.metric, graceMs: graceMsOf(config) }
      const before = await readState(tx, which)
      const present = await findGranted(tx, grant)
      if (present !== undefined) {
        requireSame(present, { grant, metricId: metric.id })
        return { addon: toAddon({ ...present, metric: grant.metric }), before, after: before, isReplayed: true }
      }
      await requireRoom(tx, grant)
      const row = await insertAddon(tx, { grant, metricId: metric.id })
      const after = await readState(tx, which)
      await audit(tx, { grant, subscription, before, after })
      return { addon: toAddon({ ...row, metric: grant.metric }), before, after, isReplayed: false }
    },
  })
}

async function findGranted(tx: Transaction, { id, source }: GrantAddon): Promise<AddonRow | undefined> {
  const isPaidFor =
    source.kind === 'purchased' ? eq(subscriptionAddons.stripeObjectId, source.stripeObjectId) : undefined
  const [row] = await tx
    .select()
    .from(subscriptionAddons)
    .where(or(eq(subscriptionAddons.id, id), isPaidFor))
    .limit(1)
  return row
}

function requireSame(row: AddonRow, { grant, metricId }: { grant: GrantAddon; metricId: string }): void {
  const { subscriptionId, amount, scope, source } = grant
  const isSame =
    row.subscriptionId === subscriptionId &&
    row.metricId === metricId &&
    row.amount === amount &&
    row.scope === scope &&
    row.source === source.kind &&
    row.reason === (source.kind === 'admin_grant' ? source.reason : null)
  if (!isSame) throw usedOtherwise()
}

const usedOtherwise = (): AppError => new AppError('conflict', { detail: 'This id was used for another add-on.' })

async function requireRoom(tx: Transaction, { subscriptionId, source }: GrantAddon): Promise<void> {
  if (source.kind === 'purchased') return
  const isLive = and(eq(subscriptionAddons.subscriptionId, subscriptionId), isNull(subscriptionAddons.revokedAt))
  if ((await tx.$count(subscriptionAddons, isLive)) < liveAddonsMax) return
  throw new AppError('conflict', { detail: 'The subscription has too many add-ons. Revoke some first.', liveAddonsMax })
}

async function insertAddon(
  tx: Transaction,
  { grant, metricId }: { grant: GrantAddon; metricId: string },
): Promise<AddonRow> {
  const { id, subscriptionId, amount, scope, source } = grant
  const [row] = await tx
    .insert(subscriptionAddons)
    .values({
      id,
      subscriptionId,
      metricId,
      amount,
      scope,
      source: source.kind,
      grantedAt: sql`rialto_now()`,
      ...(source.kind === 'admin_grant'
        ? { reason: source.reason, createdBy: source.operatorId }
        : { stripeObjectId: source.stripeObjectId, offerId: source.offerId }),
    })
    // Somebody else's, made at this moment.
    .onConflictDoNothing()
    .returning()
  if (row === undefined) throw usedOtherwise()
  return row
}

interface Granted {
  readonly grant: GrantAddon
  readonly subscription: SubscriptionRow
  readonly before: MeterState
  readonly after: MeterState
}

const audit = (tx: Transaction, { grant, subscription, before, after }: Granted): Promise<void> =>
  recordAudit(tx, {
    userId: grant.source.kind === 'admin_grant' ? grant.source.operatorId : undefined,
    action: 'addon.grant',
    resource: 'subscription',
    resourceId: subscription.id,
    metadata: {
      addonId: grant.id,
      metric: grant.metric,
      amount: grant.amount,
      scope: grant.scope,
      source: grant.source.kind,
      ...(grant.source.kind === 'admin_grant' && { reason: grant.source.reason }),
      limitBefore: before.limit,
      limitAfter: after.limit,
    },
  })
