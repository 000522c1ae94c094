import { listInvoices } from './invoices/list-invoices.ts'
import type { InvoicePage, WhoseInvoices } from './invoices/list-invoices.ts'
import type { Deps } from '#src/deps.ts'
import { readMeters } from '#src/features/usage/index.ts'
import type { SubscriptionMeter } from '#src/features/usage/index.ts'
import { buyAddon } from './addons/buy-addon.ts'
import type { BuyAddon } from './addons/buy-addon.ts'
import type { BoughtAddon } from './addons/purchase.ts'
import { previewAddon } from './addons/preview-addon.ts'
import type { AddonPreview, WhichAddon } from './addons/preview-addon.ts'
import { removeAddon } from './addons/remove-addon.ts'
import type { RemovedAddon } from './addons/remove-addon.ts'
import { attempt, isUuid } from './attempt.ts'
import type { Attempt } from './attempt.ts'
import { listOwnOffers } from './buyers/own-offers.ts'
import type { OwnOffer } from './buyers/own-offers.ts'
import { findLatePayment, findPaymentPage, lookAgain } from './buyers/late-payment.ts'
import type { LatePayment } from './buyers/late-payment.ts'
import { findOwnSubscription, listOwnSubscriptions } from './buyers/own-subscriptions.ts'
import type { OwnSubscription } from './buyers/own-subscriptions.ts'
import { needsCard } from './buyers/needs-card.ts'
import { readOverview } from './buyers/read-overview.ts'
import type { Overview } from './buyers/read-overview.ts'
import { isTrialUsed, readQuote } from './buyers/read-quote.ts'
import type { Quote } from './buyers/read-quote.ts'
import { businessNow } from './clock.ts'
import { takeTurn } from './take-turn.ts'
import { cancelPlan } from './changes/cancel-plan.ts'
import type { CanceledPlan } from './changes/cancel-plan.ts'
import { commitChange } from './changes/commit-change.ts'
import type { CommitChange, CommittedChange } from './changes/commit-change.ts'
import { previewChange } from './changes/preview-change.ts'
import type { ChangePreview } from './changes/preview-change.ts'
import { resumePlan } from './changes/resume-plan.ts'
import { giveUpCheckout } from './checkout/give-up-checkout.ts'
import { settleCheckout } from './checkout/settle-checkout.ts'
import type { CheckoutState, WhichCheckout } from './checkout/settle-checkout.ts'
import { saveTypedDetails } from './buyers/typed-details.ts'
import type { SavedDetails, TypedDetails } from './buyers/typed-details.ts'
import { readBilling } from './customers/billing-details.ts'
import type { Billing } from './customers/billing-details.ts'
import { adoptChosenCard } from './customers/cards.ts'
import { removeCard, setDefaultCard } from './customers/change-cards.ts'
import type { WhichCard } from './customers/change-cards.ts'
import { findCustomer } from './customers/ensure-customer.ts'
import { openPortal } from './customers/open-portal.ts'
import type { OpenPortal } from './customers/open-portal.ts'
import { startCheckout } from './checkout/start-checkout.ts'
import type { StartCheckout, StartedCheckout } from './checkout/start-checkout.ts'

/** As its owner sees it on its own page. */
export interface SubscriptionDetail extends OwnSubscription {
  readonly meters: readonly SubscriptionMeter[]
  readonly offers: readonly OwnOffer[]
  /** Its trial ends by itself: there is no card that could pay. */
  readonly needsCard: boolean
  /** Its payment is so late that nothing goes on. */
  readonly isGraceOver: boolean
  /** The next charge's moment has come; Stripe takes about an hour. */
  readonly isBeingCharged: boolean
  /** Null: nothing is late, or Stripe was not asked. */
  readonly latePayment: LatePayment | null
  /** RFC 3339: now, by the business clock. */
  readonly now: string
}

/** One of many, in its list. */
export interface ListedSubscription extends OwnSubscription {
  /** As SubscriptionDetail's. */
  readonly needsCard: boolean
}

export interface ListedPage {
  readonly items: readonly ListedSubscription[]
  readonly nextCursor: string | null
}

/** What buyers' pages show and do. Undefined: it is not there, or not theirs. */
export interface BillingServices {
  /** For a form that is pressed twice. */
  newId(): string
  list(whose: {
    readonly userId: string
    readonly cursor?: string | undefined
  }): Promise<Attempt<ListedPage> | undefined>
  /** What somebody has now, and where each stands. */
  overview(whose: { readonly userId: string }): Promise<Overview>
  find(which: WhichSubscription): Promise<SubscriptionDetail | undefined>
  /** As find, but where a payment is late or due by now Stripe is asked first, as far as it answers. */
  findNow(which: WhichSubscription): Promise<SubscriptionDetail | undefined>
  quote(which: { readonly userId: string; readonly tierId: string }): Promise<Quote | undefined>
  /** Of this agent, whichever tier it was of. */
  isTrialUsed(whose: { readonly userId: string; readonly agentSlug: string }): Promise<boolean>
  startCheckout(start: StartCheckout): Promise<Attempt<StartedCheckout> | undefined>
  settleCheckout(which: WhichCheckout): Promise<Attempt<CheckoutState> | undefined>
  giveUpCheckout(which: WhichCheckout): Promise<Attempt<void> | undefined>
  previewChange(change: WhichSubscription & { readonly tierId: string }): Promise<Attempt<ChangePreview> | undefined>
  commitChange(change: CommitChange): Promise<Attempt<CommittedChange> | undefined>
  cancel(which: WhichSubscription): Promise<Attempt<CanceledPlan> | undefined>
  resume(which: WhichSubscription): Promise<Attempt<void> | undefined>
  previewAddon(which: WhichAddon): Promise<Attempt<AddonPreview> | undefined>
  buyAddon(addon: BuyAddon): Promise<Attempt<BoughtAddon> | undefined>
  removeAddon(which: WhichSubscription & { readonly addonId: string }): Promise<Attempt<RemovedAddon> | undefined>
  listInvoices(whose: WhoseInvoices): Promise<Attempt<InvoicePage> | undefined>
  readBilling(whose: { readonly userId: string }): Promise<Attempt<Billing> | undefined>
  saveDetails(details: TypedDetails): Promise<SavedDetails>
  setDefaultCard(which: WhichCard): Promise<Attempt<void> | undefined>
  removeCard(which: WhichCard): Promise<Attempt<void> | undefined>
  /** What was chosen on Stripe's page of cards counts from now on. */
  adoptChosenCard(whose: { readonly userId: string }): Promise<Attempt<void> | undefined>
  openPortal(portal: OpenPortal): Promise<Attempt<{ readonly url: string }> | undefined>
  /** Where the open invoice is paid; without one nowhere. */
  findPaymentPage(which: WhichSubscription): Promise<Attempt<string | undefined> | undefined>
}

interface WhichSubscription {
  readonly subscriptionId: string
  readonly userId: string
}

export const createBillingServices = (deps: Deps): BillingServices => ({
  newId: deps.newId,
  list: (whose) => attempt([], () => readList(deps, whose)),
  overview: (whose) => readOverview(deps, whose),
  find: (which) => findDetail(deps, which),
  findNow: (which) => findNow(deps, which),
  quote: (which) => readQuote(deps, which),
  isTrialUsed: (whose) => isTrialUsed(deps, whose),
  startCheckout: (start) =>
    attempt(
      [start.tierId],
      turn(deps, start.userId, () => startCheckout(deps, start)),
    ),
  settleCheckout: (which) =>
    attempt(
      [which.intentId],
      turn(deps, which.userId, () => settleCheckout(deps, which)),
    ),
  giveUpCheckout: (which) =>
    attempt(
      [which.intentId],
      turn(deps, which.userId, () => giveUpCheckout(deps, which)),
    ),
  previewChange: (change) =>
    attempt(
      [change.subscriptionId, change.tierId],
      turn(deps, change.userId, () => previewChange(deps, change)),
    ),
  commitChange: (change) =>
    attempt(
      [change.subscriptionId, change.tierId, change.intentId ?? change.tierId],
      turn(deps, change.userId, () => commitChange(deps, change)),
    ),
  cancel: (which) =>
    attempt(
      [which.subscriptionId],
      turn(deps, which.userId, () => cancelPlan(deps, which)),
    ),
  resume: (which) =>
    attempt(
      [which.subscriptionId],
      turn(deps, which.userId, () => resumePlan(deps, which)),
    ),
  previewAddon: (which) =>
    attempt(
      [which.subscriptionId, which.offerId],
      turn(deps, which.userId, () => previewAddon(deps, which)),
    ),
  buyAddon: (addon) =>
    attempt(
      [addon.subscriptionId, addon.offerId, addon.intentId ?? addon.offerId],
      turn(deps, addon.userId, () => buyAddon(deps, addon)),
    ),
  removeAddon: ({ subscriptionId, addonId, userId }) =>
    attempt([subscriptionId, addonId], () =>
      removeAddon(deps, { subscriptionId, addonId, by: { kind: 'person', userId } }),
    ),
  listInvoices: (whose) =>
    attempt(
      [],
      turn(deps, whose.userId, () => listInvoices(deps, whose)),
    ),
  readBilling: (whose) =>
    attempt(
      [],
      turn(deps, whose.userId, () => readBilling(deps, whose)),
    ),
  saveDetails: (typed) => saveTypedDetails(deps, typed),
  setDefaultCard: (which) =>
    attempt(
      [],
      turn(deps, which.userId, () => setDefaultCard(deps, which)),
    ),
  removeCard: (which) =>
    attempt(
      [],
      turn(deps, which.userId, () => removeCard(deps, which)),
    ),
  adoptChosenCard: ({ userId }) =>
    attempt([], async () => {
      const customerId = await findCustomer(deps, userId)
      if (customerId !== undefined) await adoptChosenCard(deps, customerId)
    }),
  openPortal: (portal) =>
    attempt(
      [],
      turn(deps, portal.userId, () => openPortal(deps, portal)),
    ),
  findPaymentPage: (which) => attempt([which.subscriptionId], () => findPaymentPage(deps, which)),
})

/** What asks Stripe for a person, as often as one may. */
const turn =
  <T>(deps: Deps, userId: string, verb: () => Promise<T>) =>
  async (): Promise<T> => {
    await takeTurn(deps, userId)
    return verb()
  }

async function readList(deps: Deps, whose: Parameters<BillingServices['list']>[0]): Promise<ListedPage> {
  const { items, nextCursor } = await listOwnSubscriptions(deps, whose)
  const needing = await Promise.all(items.map((subscription) => needsCard(deps, { subscription })))
  return {
    items: items.map((subscription, place) => ({ ...subscription, needsCard: needing[place] ?? false })),
    nextCursor,
  }
}

async function findDetail(deps: Deps, which: WhichSubscription): Promise<SubscriptionDetail | undefined> {
  if (!isUuid(which.subscriptionId)) return undefined
  const found = await findOwnSubscription(deps, which)
  if (found === undefined) return undefined
  const row = { id: found.id, userId: which.userId, agentId: found.agent.id }
  const now = await businessNow(deps.db)
  const hasCome = (at: string | null): boolean => at !== null && Date.parse(at) <= +now
  return {
    ...found,
    meters: await readMeters(deps, row),
    offers: await listOwnOffers(deps, found),
    needsCard: await needsCard(deps, { subscription: found }),
    isGraceOver: hasCome(found.graceEndsAt),
    isBeingCharged: hasCome(found.nextCharge?.at ?? null),
    latePayment: null,
    now: now.toISOString(),
  }
}

async function findNow(deps: Deps, which: WhichSubscription): Promise<SubscriptionDetail | undefined> {
  const stored = await findDetail(deps, which)
  if (stored === undefined || !isUnsettled(stored)) return stored
  const looked = await attempt([], () => lookAgain(deps, which))
  const found = looked?.kind === 'ok' ? await findDetail(deps, which) : stored
  if (found === undefined || !isLate(found)) return found
  const late = await attempt([], () => findLatePayment(deps, which))
  return { ...found, latePayment: (late?.kind === 'ok' ? late.value : undefined) ?? null }
}

/** Who has just paid comes back before any webhook, and what is charged by the clock may not have been told of yet. */
const isUnsettled = (detail: SubscriptionDetail): boolean => isLate(detail) || detail.isBeingCharged

const isLate = ({ status }: SubscriptionDetail): boolean =>
  status === 'past_due' || status === 'unpaid' || status === 'incomplete'
