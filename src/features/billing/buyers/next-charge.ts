import type { agentPricingTiers, userAgentSubscriptions } from '#src/db/schema/index.ts'

type Row = typeof userAgentSubscriptions.$inferSelect
type Tier = typeof agentPricingTiers.$inferSelect

export interface Charge {
  /** RFC 3339, by the business clock. */
  readonly at: string
  /** Minor units of `currency`, before taxes that Stripe adds. */
  readonly amountMinor: number
  readonly currency: string
}

interface Amount {
  readonly amountMinor: number
  readonly currency: string
}

interface Facts {
  readonly row: Pick<Row, 'status' | 'cancelAtPeriodEnd' | 'currentPeriodEnd' | 'trialEndsAt' | 'nextTierAt'>
  /** What takes over at `nextTierAt`, if anything does. */
  readonly next: Pick<Tier, 'isFree' | 'price' | 'currency'> | null
  readonly price: Amount | null
  /** What add-ons cost that are charged with it. */
  readonly addons: readonly Amount[]
}

/** What is charged next, without anybody doing anything, and when. Null: nothing is, or what is due is late already. */
export function nextChargeOf({ row, next, price, addons }: Facts): Charge | null {
  const { status, currentPeriodEnd } = row
  if (price === null || row.cancelAtPeriodEnd) return null
  if (status !== 'active' && status !== 'trialing') return null
  const at = status === 'trialing' ? (row.trialEndsAt ?? currentPeriodEnd) : currentPeriodEnd
  const changed = next !== null && row.nextTierAt !== null && row.nextTierAt <= at ? next : undefined
  if (changed?.isFree) return null
  const main = changed === undefined ? price : { amountMinor: changed.price, currency: changed.currency }
  const amountMinor = addons.reduce((sum, addon) => sum + addon.amountMinor, main.amountMinor)
  return { at: at.toISOString(), amountMinor, currency: main.currency }
}
