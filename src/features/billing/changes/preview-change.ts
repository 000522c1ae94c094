import { inArray } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { agentAddonOffers } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { Tier } from '#src/features/subscriptions/index.ts'
import type { Money } from '#src/lib/money.ts'
import { schedule } from '#src/features/usage/index.ts'
import { ensureTierPrice } from '../prices/ensure-tier-price.ts'
import { stripeCall } from '../stripe-failures.ts'
import { itemsFor, readAtStripe } from './at-stripe.ts'
import type { AtStripe } from './at-stripe.ts'
import { chooseWay } from './choose-way.ts'
import type { ChangeInput, ChosenWay } from './choose-way.ts'

export type PreviewDeps = Pick<Deps, 'db' | 'payments'>

/** What is charged with each interval from then on, add-ons included. */
export interface Recurring extends Money {
  readonly interval: 'month' | 'year'
}

export type ChangePreview =
  | {
      readonly kind: 'now'
      /** Seconds. Committed with it within 15 minutes, the amount is the same. */
      readonly prorationDate: number
      readonly dueNow: Money
      readonly lines: readonly PreviewLine[]
      readonly after: Recurring
      /** Null: nothing is charged by itself, because it is free. */
      readonly nextChargeAt: Date | null
      /** Add-ons that can't be billed with the new tier, as Stripe calls them. */
      readonly endingAddons: readonly string[]
    }
  | {
      readonly kind: 'at_period_end'
      readonly at: Date
      readonly after: Recurring
      readonly endingAddons: readonly string[]
    }
  | {
      readonly kind: 'trial'
      readonly trialEndsAt: Date
      /** What follows it, by the new tier. */
      readonly endsWith: Tier['trialEndsWith']
      readonly after: Recurring
      readonly endingAddons: readonly string[]
    }
  /** It is the present tier: what was planned instead would be forgotten. */
  | { readonly kind: 'keep' }
  /** It begins with a checkout. */
  | { readonly kind: 'checkout' }

/** Negative where something is given back. */
export interface PreviewLine {
  readonly description: string
  readonly amount: Money
}

/** What a change of tier would cost and do. Changes nothing. Throws as chooseWay does, and `unavailable`. */
export async function previewChange(deps: PreviewDeps, input: ChangeInput): Promise<ChangePreview> {
  const chosen = await chooseWay(deps, input)
  const { way } = chosen
  if (way === 'keep' || way === 'checkout') return { kind: way }
  if (way === 'free') return previewFree(chosen)
  const at = await readAtStripe(deps, chosen.plan)
  if (way === 'now') return previewNow(deps, { ...chosen, at, prorationDate: Math.floor(+chosen.plan.now / 1000) })
  const { target, plan } = chosen
  const common = target.isFree
    ? { after: noMoney(target), endingAddons: await namesOf(deps, at.others) }
    : await afterwards(deps, { ...chosen, at })
  const end = new Date(at.main.current_period_end * 1000)
  if (way === 'trial') {
    return { kind: 'trial', trialEndsAt: plan.row.trialEndsAt ?? end, endsWith: target.trialEndsWith, ...common }
  }
  return { kind: 'at_period_end', at: end, ...common }
}

function previewFree({ plan, target, isUpgrade }: ChosenWay): ChangePreview {
  const after = noMoney(target)
  if (!isUpgrade) {
    const { row, tier, now } = plan
    const current = { start: row.currentPeriodStart, end: row.currentPeriodEnd }
    const at = schedule({ ...row, current, anchor: row.periodAnchor }, tier, now).bounds.end
    return { kind: 'at_period_end', at, after, endingAddons: [] }
  }
  const dueNow = { amountMinor: 0, currency: target.currency }
  const prorationDate = Math.floor(+plan.now / 1000)
  return { kind: 'now', prorationDate, dueNow, lines: [], after, nextChargeAt: null, endingAddons: [] }
}

const noMoney = ({ currency, billingInterval }: ChosenWay['target']): Recurring => ({
  amountMinor: 0,
  currency,
  interval: billingInterval,
})

interface Previewed extends Pick<ChosenWay, 'target'> {
  readonly at: AtStripe
}

export interface PreviewedNow extends Previewed {
  readonly prorationDate: number
}

/** The invoice that Stripe would make. */
export async function previewNow(
  deps: PreviewDeps,
  previewed: PreviewedNow,
): Promise<Extract<ChangePreview, { kind: 'now' }>> {
  const { at, target, prorationDate } = previewed
  const invoice = await invoiceOfChange(deps, previewed)
  const currency = invoice.currency.toUpperCase()
  const periodEnd = periodEndAfter({ at, target, invoice })
  return {
    kind: 'now',
    prorationDate,
    dueNow: { amountMinor: invoice.amount_due, currency },
    lines: invoice.lines.data.map(({ description, amount }) => ({
      description: description ?? '',
      amount: { amountMinor: amount, currency },
    })),
    nextChargeAt: new Date(periodEnd * 1000),
    ...(await afterwards(deps, previewed)),
  }
}

export async function invoiceOfChange(
  deps: PreviewDeps,
  { at, target, prorationDate }: PreviewedNow,
): Promise<Stripe.Invoice> {
  const { priceId } = await ensureTierPrice(deps, target.id)
  return stripeCall(() =>
    deps.payments.stripe.invoices.createPreview({
      subscription: at.subscription.id,
      subscription_details: {
        items: changedItems(at, { priceId, interval: target.billingInterval }),
        proration_behavior: 'always_invoice',
        proration_date: prorationDate,
      },
    }),
  )
}

/** When it renews after a change that acts now, in seconds: as before, unless it is billed as often no more. */
export function periodEndAfter({ at, target, invoice }: Previewed & { invoice: Stripe.Invoice }): number {
  const isSameInterval = at.main.price.recurring?.interval === target.billingInterval
  return isSameInterval ? at.main.current_period_end : Math.max(...invoice.lines.data.map(({ period }) => period.end))
}

/** The tier's item at another price, without what can't be billed beside it. */
export function changedItems(
  at: AtStripe,
  wanted: Parameters<typeof itemsFor>[1],
): Stripe.SubscriptionUpdateParams.Item[] {
  const { main, ending } = itemsFor(at, wanted)
  return [main, ...ending.map(({ id }) => ({ id, deleted: true }))]
}

/** What is charged with each interval from then on, and what can't be any more. */
export async function afterwards(deps: PreviewDeps, { at, target }: Previewed) {
  const { priceId } = await ensureTierPrice(deps, target.id)
  const interval = target.billingInterval
  const { kept, ending } = itemsFor(at, { priceId, interval })
  const amountMinor = kept.reduce(
    (sum, { price, quantity = 1 }) => sum + (price.unit_amount ?? 0) * quantity,
    target.price,
  )
  return { after: { amountMinor, currency: target.currency, interval }, endingAddons: await namesOf(deps, ending) }
}

/** As their publisher calls them. */
async function namesOf({ db }: Pick<Deps, 'db'>, items: readonly Stripe.SubscriptionItem[]): Promise<string[]> {
  const prices = items.map(({ price }) => price.id)
  const offers = await db
    .select({ name: agentAddonOffers.displayName })
    .from(agentAddonOffers)
    .where(inArray(agentAddonOffers.stripePriceId, prices))
    .orderBy(agentAddonOffers.displayName)
  return offers.map(({ name }) => name)
}
