import { and, eq, isNull } from 'drizzle-orm'
import { agentAddonOffers, subscriptionAddons } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { requireSettled } from '../changes/own-plan.ts'
import type { Plan } from '../changes/own-plan.ts'

export type Offer = typeof agentAddonOffers.$inferSelect

interface Which {
  readonly plan: Plan
  readonly offerId: string
}

/**
 * An add-on that this subscription can take now. Throws `not_found`, `wrong_currency`, `payment_required`, and `conflict`, with the
 * reason in words, for what is not sold any more or not with this tier.
 */
export async function getOfferFor(deps: Pick<Deps, 'db'>, { plan, offerId }: Which): Promise<Offer> {
  const { row } = plan
  const [offer] = await deps.db
    .select()
    .from(agentAddonOffers)
    .where(and(eq(agentAddonOffers.id, offerId), eq(agentAddonOffers.agentId, row.agentId)))
  if (offer === undefined) throw new AppError('not_found')
  if (offer.archivedAt !== null) throw refused('This add-on is not sold any more.')
  requireSettled(plan)
  if (row.currency !== null && row.currency !== offer.currency) {
    throw new AppError('wrong_currency', { has: row.currency, asked: offer.currency })
  }
  if (offer.scope === 'permanent') await requireBillable(deps, { plan, offer })
  return offer
}

const refused = (detail: string): AppError => new AppError('conflict', { detail })

/** What comes again is billed with the subscription. */
async function requireBillable(
  { db }: Pick<Deps, 'db'>,
  { plan: { row, tier }, offer }: { plan: Plan; offer: Offer },
): Promise<void> {
  if (row.stripeSubscriptionId === null || tier.isFree) {
    throw refused('This add-on is billed with a paid tier. Take one first.')
  }
  if (row.status === 'trialing') throw refused('This add-on can be bought when the trial is over.')
  if (row.cancelAtPeriodEnd) throw refused('This subscription ends with its period. Resume it first.')
  if (offer.billingInterval !== tier.billingInterval) {
    throw refused(`This add-on is billed by the ${offer.billingInterval}, and your tier is not.`)
  }
  const isLive = and(
    eq(subscriptionAddons.subscriptionId, row.id),
    eq(subscriptionAddons.offerId, offer.id),
    isNull(subscriptionAddons.revokedAt),
  )
  if ((await db.$count(subscriptionAddons, isLive)) > 0) throw refused('You have this add-on already.')
}
