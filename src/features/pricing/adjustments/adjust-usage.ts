import { eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database, Transaction } from '#src/db/client.ts'
import { subscriptionUsage, usageLedger } from '#src/db/schema/index.ts'
import type { MeterState } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { graceMsOf } from '../addons/grace.ts'
import type { MeterDeps } from '../addons/grace.ts'
import { getMetric, lockSubscription } from '../addons/lock-subscription.ts'
import { writeOrPreview } from '../addons/preview.ts'
import { readMeter, readState } from '../addons/read-meter.ts'
import { fieldError } from '../field-error.ts'
import { presentTarget } from './present-target.ts'
import { refundTarget } from './refund-target.ts'
import type { AdjustUsage, Target } from './adjustment.ts'

export interface Adjustment {
  readonly entryId: string
  /** Of the counter or level that was adjusted. */
  readonly usedBefore: number
  readonly usedAfter: number
  /** Where the metric stands now. */
  readonly meter: MeterState
  /** It had been made already, with this id; nothing was changed. */
  readonly isReplayed: boolean
}

interface AdjustDeps extends Pick<MeterDeps, 'config'> {
  /** Or a transaction, of which it becomes a part. */
  readonly db: Pick<Database, 'transaction'>
}

/**
 * Sets right what was counted wrongly, by an entry of its own: a named entry is taken back, wholly or in part, where it counts
 * now; without one the present period's counter, or the level of a gauge, goes up or down. Never below 0, or below what
 * reservations hold; past the limit it may go, since what was used was used.
 *
 * Throws `not_found`, `invalid_request` that names the field, `below_zero`, `request_id_conflict` for an id used for something
 * else, and `conflict` for a subscription that is over.
 */
export async function adjustUsage({ db, config }: AdjustDeps, adjust: AdjustUsage): Promise<Adjustment> {
  return writeOrPreview(db, {
    isPreview: adjust.isPreview,
    work: async (tx) => {
      const subscription = await lockSubscription(tx, adjust.subscriptionId)
      const metric = await getMetric(tx, subscription, adjust.metric)
      const which = { ...subscription, metric: adjust.metric, graceMs: graceMsOf(config) }
      const replay = await findReplay(tx, { adjust, metricId: metric.id })
      if (replay !== undefined) return { ...replay, meter: await readState(tx, which), isReplayed: true }
      const target =
        adjust.entryId === undefined
          ? await presentTarget(tx, { subscription, metric, meter: await readMeter(tx, which) })
          : await refundTarget(tx, { adjust, entryId: adjust.entryId, subscription, metric })
      const entryId = await write(tx, { adjust, target, metricId: metric.id })
      const used = { usedBefore: target.used, usedAfter: target.used + adjust.delta }
      await audit(tx, { adjust, entryId, used })
      return { entryId, ...used, meter: await readState(tx, which), isReplayed: false }
    },
  })
}

async function findReplay(
  tx: Transaction,
  { adjust, metricId }: { adjust: AdjustUsage; metricId: string },
): Promise<Pick<Adjustment, 'entryId' | 'usedBefore' | 'usedAfter'> | undefined> {
  const [entry] = await tx.select().from(usageLedger).where(eq(usageLedger.clientReqId, adjust.clientReqId))
  if (entry === undefined) return undefined
  const isSame =
    // What is taken back counts where its entry's use is now, which may be a later subscription.
    (adjust.entryId !== undefined || entry.subscriptionId === adjust.subscriptionId) &&
    entry.metricId === metricId &&
    entry.delta === adjust.delta &&
    entry.refersToId === (adjust.entryId ?? null) &&
    entry.metadata['by'] === 'operator'
  if (!isSame) throw new AppError('request_id_conflict')
  return { entryId: entry.id, usedBefore: entry.usedAfter - entry.delta, usedAfter: entry.usedAfter }
}

interface Write {
  readonly adjust: AdjustUsage
  readonly target: Target
  readonly metricId: string
}

/** The counter and its entry, together: a counter is always the sum of its entries. */
async function write(tx: Transaction, { adjust, target, metricId }: Write): Promise<string> {
  const { delta, clientReqId } = adjust
  const usedAfter = target.used + delta
  if (usedAfter < target.held) throw new AppError('below_zero', { used: target.used, held: target.held })
  if (usedAfter > Number.MAX_SAFE_INTEGER) throw fieldError('delta', 'is more than can be counted')
  await tx.update(subscriptionUsage).set({ used: usedAfter }).where(eq(subscriptionUsage.id, target.counterId))
  const [entry] = await tx
    .insert(usageLedger)
    .values({
      subscriptionId: target.subscriptionId,
      metricId,
      eventType: target.eventType,
      delta,
      clientReqId,
      refersToId: adjust.entryId ?? null,
      metadata: { by: 'operator' },
      usedAfter,
      limitAt: target.limitAt,
      limitParts: target.limitParts,
      periodStart: target.periodStart,
      occurredAt: sql`rialto_now()`,
    })
    .returning({ id: usageLedger.id })
  if (entry === undefined) throw new Error('The entry was not inserted')
  return entry.id
}

interface Adjusted {
  readonly adjust: AdjustUsage
  readonly entryId: string
  readonly used: { readonly usedBefore: number; readonly usedAfter: number }
}

const audit = (tx: Transaction, { adjust, entryId, used }: Adjusted): Promise<void> =>
  recordAudit(tx, {
    userId: adjust.operatorId,
    action: 'usage.adjust',
    resource: 'subscription',
    resourceId: adjust.subscriptionId,
    metadata: {
      metric: adjust.metric,
      delta: adjust.delta,
      ...(adjust.entryId !== undefined && { takesBack: adjust.entryId }),
      entryId,
      reason: adjust.reason,
      ...used,
    },
  })
