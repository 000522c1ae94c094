import { and, eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { subscriptionAddons } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { readAtStripe } from '../changes/at-stripe.ts'
import { leaseOf } from '../changes/lease-of.ts'
import { clearTheWay } from '../changes/open-changes.ts'
import { getPlan } from '../changes/own-plan.ts'
import type { Plan } from '../changes/own-plan.ts'
import type { ReconcileDeps } from '../context.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import { alsoLater } from './buy-by-item.ts'

export interface RemoveAddon {
  readonly subscriptionId: string
  readonly addonId: string
  readonly by:
    | { readonly kind: 'person'; readonly userId: string }
    | { readonly kind: 'operator'; readonly userId: string; readonly reason: string }
}

/** It counts no more and is not billed any more; what was paid for the period is not given back. */
export interface RemovedAddon {
  readonly removedAt: Date
  readonly givenBackMinor: 0
}

/**
 * Ends an add-on that is billed with its subscription, at once. Removing it again changes nothing. Throws `not_found`, also for
 * somebody else's; `conflict` for one that isn't billed; `unavailable`: to be tried again.
 */
export async function removeAddon(deps: ReconcileDeps, input: RemoveAddon): Promise<RemovedAddon> {
  const { subscriptionId, addonId, by } = input
  return withLease(deps, leaseOf(subscriptionId), async () => {
    const userId = by.kind === 'person' ? by.userId : undefined
    const plan = await getPlan(deps, { subscriptionId, userId })
    const addon = await getAddon(deps, input)
    if (addon.revokedAt !== null) return removed(addon.revokedAt)
    const itemId = addon.stripeObjectId
    if (itemId === null || !itemId.startsWith('si_')) {
      throw new AppError('conflict', { detail: 'This add-on is not billed again: there is nothing to end.' })
    }
    await takeOut(deps, { plan, itemId })
    await reconcileSubscription(deps, { stripeSubscriptionId: plan.row.stripeSubscriptionId ?? '' })
    await deps.db.transaction((tx) =>
      recordAudit(tx, {
        userId: by.userId,
        action: 'billing.remove_addon',
        resource: 'subscription',
        resourceId: subscriptionId,
        metadata: { addonId, by: by.kind, ...(by.kind === 'operator' && { reason: by.reason }) },
      }),
    )
    const { revokedAt } = await getAddon(deps, input)
    return removed(revokedAt ?? plan.now)
  })
}

const removed = (removedAt: Date): RemovedAddon => ({ removedAt, givenBackMinor: 0 })

async function getAddon({ db }: ReconcileDeps, { subscriptionId, addonId }: RemoveAddon) {
  const [addon] = await db
    .select()
    .from(subscriptionAddons)
    .where(and(eq(subscriptionAddons.id, addonId), eq(subscriptionAddons.subscriptionId, subscriptionId)))
  if (addon === undefined) throw new AppError('not_found')
  return addon
}

/** From what is billed now, and from what is planned. */
async function takeOut(deps: ReconcileDeps, { plan, itemId }: { plan: Plan; itemId: string }): Promise<void> {
  await clearTheWay(deps, { plan, tierId: undefined })
  const { subscription, others } = await readAtStripe(deps, plan)
  const item = others.find(({ id }) => id === itemId)
  if (item === undefined || subscription.ended_at !== null) return
  await stripeCall(() =>
    deps.payments.stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemId, deleted: true }],
      proration_behavior: 'none',
    }),
  )
  await alsoLater(deps, { plan, priceId: item.price.id })
}
