// Permanent add-ons that were bought are items of the subscription at Stripe, beside its tier.
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { recordAudit } from '#src/db/audit.ts'
import { agentAddonOffers, subscriptionAddons } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { SubscriptionRow } from '#src/features/subscriptions/index.ts'
import type { StripeFacts } from './read-stripe.ts'

interface Syncing {
  readonly row: SubscriptionRow
  readonly facts: StripeFacts
  /** Nothing of it is billed any more. */
  readonly isOver: boolean
}

/** Grants what is billed and not granted yet, and revokes what is not billed any more. The subscription is locked already. */
export async function syncRecurringAddons(
  tx: Transaction,
  { newId }: Pick<Deps, 'newId'>,
  { row, facts, isOver }: Syncing,
): Promise<void> {
  const items = isOver ? [] : facts.items
  const prices = items.map(({ priceId }) => priceId)
  const offers = await tx
    .select()
    .from(agentAddonOffers)
    .where(and(eq(agentAddonOffers.agentId, row.agentId), inArray(agentAddonOffers.stripePriceId, prices)))
  const isBilled = sql`${subscriptionAddons.stripeObjectId} LIKE 'si\\_%'`
  const present = await tx
    .select()
    .from(subscriptionAddons)
    .where(and(eq(subscriptionAddons.subscriptionId, row.id), isBilled, isNull(subscriptionAddons.revokedAt)))
  const gone = present.filter(({ stripeObjectId }) => !items.some(({ id }) => id === stripeObjectId))
  for (const { id, amount } of gone) {
    await tx
      .update(subscriptionAddons)
      .set({ revokedAt: sql`rialto_now()` })
      .where(eq(subscriptionAddons.id, id))
    await audit(tx, { subscriptionId: row.id, action: 'addon.revoke', addonId: id, amount })
  }
  for (const item of items) {
    const offer = offers.find(({ stripePriceId }) => stripePriceId === item.priceId)
    if (offer === undefined) continue
    const amount = offer.amount * item.quantity
    const [granted] = await tx
      .insert(subscriptionAddons)
      .values({
        id: newId(),
        subscriptionId: row.id,
        metricId: offer.metricId,
        amount,
        scope: 'permanent',
        source: 'purchased',
        grantedAt: sql`rialto_now()`,
        stripeObjectId: item.id,
        offerId: offer.id,
      })
      .onConflictDoNothing({ target: subscriptionAddons.stripeObjectId })
      .returning()
    if (granted !== undefined) {
      await audit(tx, { subscriptionId: row.id, action: 'addon.grant', addonId: granted.id, amount })
    }
  }
}

interface Audited {
  readonly subscriptionId: string
  readonly action: 'addon.grant' | 'addon.revoke'
  readonly addonId: string
  readonly amount: number
}

const audit = (tx: Transaction, { subscriptionId, action, addonId, amount }: Audited): Promise<void> =>
  recordAudit(tx, {
    action,
    resource: 'subscription',
    resourceId: subscriptionId,
    metadata: { addonId, amount, scope: 'permanent', source: 'purchased', by: 'system' },
  })
