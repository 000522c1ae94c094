import { createHash } from 'node:crypto'
import type { Given, Doc } from './vocabulary.ts'

type Behaviour = 'succeeds' | 'declines' | 'declines_later' | 'authenticates_once' | 'authenticates_always' | 'disputes'

export interface TestCard {
  readonly number: string
  readonly label: string
  readonly brand: string
  readonly behaviour: Behaviour
  readonly declineCode: string
  /** The payment method that Stripe's test mode has for it. */
  readonly paymentMethodId: string
  /** Months after this one until which it can be charged. */
  readonly expiresInMonths: number
}

const card = (number: string, label: string, behaviour: Behaviour, more: Partial<TestCard> = {}): TestCard => ({
  number,
  label,
  behaviour,
  brand: 'visa',
  declineCode: 'generic_decline',
  paymentMethodId: 'pm_card_visa',
  expiresInMonths: 60,
  ...more,
})

/** Stripe's own test numbers, and what they do there. */
export const testCards: readonly TestCard[] = [
  card('4242424242424242', 'Works', 'succeeds'),
  card('5555555555554444', 'Works (Mastercard)', 'succeeds', {
    brand: 'mastercard',
    paymentMethodId: 'pm_card_mastercard',
  }),
  card('4000056655665556', 'Works until the end of next month, then has expired', 'succeeds', {
    paymentMethodId: 'pm_card_visa_debit',
    expiresInMonths: 1,
  }),
  card('4000000000000002', 'Is declined', 'declines', { paymentMethodId: 'pm_card_chargeDeclined' }),
  card('4000000000009995', 'Is declined: insufficient funds', 'declines', {
    declineCode: 'insufficient_funds',
    paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds',
  }),
  card('4000000000000341', 'Can be saved, and is declined when charged', 'declines_later', {
    paymentMethodId: 'pm_card_chargeCustomerFail',
  }),
  card('4000002500003155', 'Asks its owner once, when it is set up', 'authenticates_once', {
    paymentMethodId: 'pm_card_authenticationRequiredOnSetup',
  }),
  card('4000002760003184', 'Asks its owner every time', 'authenticates_always', {
    paymentMethodId: 'pm_card_authenticationRequired',
  }),
  card('4000000000000259', 'Works, and its owner disputes the charge', 'disputes', {
    paymentMethodId: 'pm_card_createDispute',
  }),
]

export const findCard = (number: string): TestCard | undefined => testCards.find((known) => known.number === number)

export type Outcome =
  | { kind: 'succeeded' }
  | { kind: 'needs_authentication' }
  | { kind: 'declined'; code: string; declineCode: string; message: string }

interface Attempt {
  /** False is the check when a card is saved. */
  readonly isCharge: boolean
  readonly card: Pick<Doc<'payment_method'>, 'card'>['card']
  readonly number: string
  /** Its owner says yes, now. */
  readonly isAuthenticated: boolean
  /** Its owner said yes to later charges, which some banks accept. */
  readonly isSetUp: boolean
  readonly now: number
}

/** What the bank says. */
export function outcomeOf({ card, number, isAuthenticated, isSetUp, now, isCharge }: Attempt): Outcome {
  const behaviour = findCard(number)?.behaviour ?? 'succeeds'
  // A card is good until the end of the month that stands on it.
  if (card && now * 1000 >= Date.UTC(card.exp_year, card.exp_month, 1)) {
    return { kind: 'declined', code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' }
  }
  if (behaviour === 'declines' || (behaviour === 'declines_later' && isCharge)) {
    const declineCode = findCard(number)?.declineCode ?? 'generic_decline'
    return { kind: 'declined', code: 'card_declined', declineCode, message: 'Your card was declined.' }
  }
  const asks = behaviour === 'authenticates_always' || (behaviour === 'authenticates_once' && !isSetUp)
  return asks && isCharge && !isAuthenticated ? { kind: 'needs_authentication' } : { kind: 'succeeded' }
}

export interface CardInput {
  readonly number: string
  readonly expMonth: number
  readonly expYear: number
}

/** Good for as long as the test card is, counted from `now` (seconds). */
export function cardInput({ number, expiresInMonths }: TestCard, now: number): CardInput {
  const last = new Date(now * 1000)
  last.setUTCDate(1)
  last.setUTCMonth(last.getUTCMonth() + expiresInMonths)
  return { number, expMonth: last.getUTCMonth() + 1, expYear: last.getUTCFullYear() }
}

export const cardDetails = ({ number, expMonth, expYear }: CardInput): Given<Doc<'payment_method'>['card']> => ({
  brand: findCard(number)?.brand ?? 'visa',
  checks: { cvc_check: 'pass' },
  country: 'US',
  display_brand: findCard(number)?.brand ?? 'visa',
  exp_month: expMonth,
  exp_year: expYear,
  // Equal for equal numbers, which is what trials are counted by.
  fingerprint: createHash('sha256')
    .update(`sandbox ${number}`)
    .digest('base64url')
    .replaceAll(/[-_]/g, '')
    .slice(0, 16),
  funding: 'credit',
  last4: number.slice(-4),
  three_d_secure_usage: { supported: true },
})
