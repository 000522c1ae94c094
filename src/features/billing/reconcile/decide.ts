// What a subscription at Stripe means here. Pure: no clock, no database, no network.
import type { Stripe } from 'stripe'
import type { StripeFacts, StripeItem } from './read-stripe.ts'

/** What is stored of the subscription, as far as it matters here. */
export interface StoredFacts {
  /** The tier that counts now, by time. */
  readonly tier: KnownTier
  readonly period: Period
  /** Stored under this subscription of Stripe's already, not under a free tier. */
  readonly isPaid: boolean
  readonly cancelAtPeriodEnd: boolean
  readonly pastDueAt: Date | null
  readonly disputedAt: Date | null
  /** What takes over by itself, as it is stored. */
  readonly next: { readonly tier: KnownTier; readonly at: Date } | null
}

export interface Period {
  readonly start: Date
  readonly end: Date
}

export interface KnownTier {
  readonly id: string
  readonly familyId: string
  readonly version: number
  readonly isFree: boolean
  readonly stripePriceId: string | null
}

export interface Known {
  /** Those of the agent that Stripe's prices and notes name. */
  readonly tiers: readonly KnownTier[]
  /** The business clock. */
  readonly now: Date
}

export type Decision =
  | { readonly kind: 'ended'; readonly status: 'canceled' | 'incomplete_expired'; readonly at: Date }
  | PaidDecision

export interface PaidDecision {
  readonly kind: 'paid'
  readonly status: 'active' | 'trialing' | 'past_due' | 'unpaid' | 'paused' | 'incomplete'
  readonly tierId: string
  readonly item: StripeItem
  readonly period: Period
  readonly anchor: Date | undefined
  readonly trialEndsAt: Date | null
  readonly pastDueAt: Date | null
  readonly next: { readonly tierId: string; readonly at: Date } | null
  readonly cancelAtPeriodEnd: boolean
}

/** Undefined: none of its items is a tier's. */
export function decide(facts: StripeFacts, stored: StoredFacts | undefined, known: Known): Decision | undefined {
  const { status } = facts
  if (status === 'canceled' || status === 'incomplete_expired') {
    return { kind: 'ended', status, at: facts.endedAt ?? known.now }
  }
  const main = mainItem(facts, known.tiers)
  if (main === undefined) return undefined
  const { item } = main
  // What is paid for counts, not what Stripe has begun to ask for: until then the period before gives credit.
  const isPaid = isPeriodPaid(facts, item) || isKnownPaid(stored, item)
  const cancelsAt = facts.cancelsAt
  const next = nextOf(facts, { stored, tier: main.tier, known })
  const isFallingToFree = known.tiers.some(({ id, isFree }) => isFree && id === next?.tierId)
  return {
    kind: 'paid',
    status: stored?.disputedAt ? 'paused' : status,
    tierId: tierInForce(main.tier, stored).id,
    item,
    period: isPaid ? { start: item.start, end: item.end } : lastPaidPeriod(facts, { item, stored }),
    anchor: isPaid || stored?.isPaid !== true ? facts.anchor : undefined,
    trialEndsAt: facts.trialEndsAt,
    pastDueAt: status === 'past_due' ? (stored?.pastDueAt ?? known.now) : null,
    next,
    // The period that it would end with is not the stored one yet.
    cancelAtPeriodEnd: isPaid ? cancelsAt !== null && !isFallingToFree : (stored?.cancelAtPeriodEnd ?? false),
  }
}

export function mainItem(
  { items }: Pick<StripeFacts, 'items'>,
  tiers: readonly KnownTier[],
): { readonly item: StripeItem; readonly tier: KnownTier } | undefined {
  for (const item of items) {
    const tier = tiers.find(({ stripePriceId }) => stripePriceId === item.priceId)
    if (tier !== undefined) return { item, tier }
  }
  return undefined
}

/**
 * A trial costs nothing; everything else is paid by an invoice that has a line for this period of the item. Not by what a change cost:
 * in the hour before a renewal is charged, an upgrade is paid first.
 */
export function isPeriodPaid(
  { status, invoices }: Pick<StripeFacts, 'status' | 'invoices'>,
  item: StripeItem,
): boolean {
  return status === 'trialing' || invoices.some((invoice) => invoice.status === 'paid' && coversPeriod(invoice, item))
}

/** Its invoice may be older than those that were read: changes and add-ons have invoices of their own. */
const isKnownPaid = (stored: StoredFacts | undefined, { start, end }: StripeItem): boolean =>
  stored?.isPaid === true && +stored.period.start === +start && +stored.period.end === +end

/** The one that was paid last, or was a trial, before the one that isn't: also when nobody has looked since it began. */
function lastPaidPeriod(
  { invoices }: Pick<StripeFacts, 'invoices'>,
  { item, stored }: { item: StripeItem; stored: StoredFacts | undefined },
): Period {
  const paid = invoices
    .filter(({ status }) => status === 'paid')
    .flatMap(({ lines }) => lines.data)
    .filter((line) => !isProration(line) && line.period.end * 1000 <= +item.start)
    .map(({ period }) => ({ start: new Date(period.start * 1000), end: new Date(period.end * 1000) }))
  // Of what was never paid nothing is left but the moment before.
  const before = { start: new Date(+item.start - 1_000), end: item.start }
  const known = stored?.isPaid === true ? [stored.period, ...paid] : paid
  return known.toSorted((one, other) => +other.end - +one.end)[0] ?? before
}

const coversPeriod = ({ lines }: Stripe.Invoice, { end }: StripeItem): boolean =>
  lines.data.some((line) => !isProration(line) && line.period.end * 1000 === +end)

const isProration = ({ parent }: Stripe.InvoiceLineItem): boolean =>
  parent?.subscription_item_details?.proration ?? parent?.invoice_item_details?.proration ?? false

/** A newer version that took over by time stays, though Stripe's price is still the older one's. */
function tierInForce(atStripe: KnownTier, stored: StoredFacts | undefined): KnownTier {
  const present = stored?.tier
  return present !== undefined && present.familyId === atStripe.familyId && present.version > atStripe.version
    ? present
    : atStripe
}

interface Next {
  readonly stored: StoredFacts | undefined
  /** By the price at Stripe. */
  readonly tier: KnownTier
  readonly known: Known
}

function nextOf(facts: StripeFacts, { stored, tier, known }: Next): PaidDecision['next'] {
  const scheduled = facts.next
  const scheduledTier = known.tiers.find(
    ({ stripePriceId }) => scheduled?.priceIds.includes(stripePriceId ?? '') ?? false,
  )
  if (scheduled && scheduledTier && scheduledTier.id !== tier.id) return { tierId: scheduledTier.id, at: scheduled.at }
  const free = known.tiers.find(({ id, isFree }) => isFree && id === facts.metadata['rialto_next_tier'])
  if (free && facts.cancelsAt !== null) return { tierId: free.id, at: facts.cancelsAt }
  // A publisher's newer version, which Stripe may not know of yet.
  const isVersion =
    stored?.next && stored.next.tier.familyId === tier.familyId && stored.next.tier.version > tier.version
  return isVersion && stored.next && facts.cancelsAt === null && stored.next.at > known.now
    ? { tierId: stored.next.tier.id, at: stored.next.at }
    : null
}
