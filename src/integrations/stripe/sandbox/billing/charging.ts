// Payment intents and the charges they make.
import { outcomeOf } from '../cards.ts'
import type { Outcome } from '../cards.ts'
import type { Store } from '../store.ts'
import { newStripeId } from '../store.ts'
import { daySeconds } from '../time.ts'
import type { Doc } from '../vocabulary.ts'

type Intent = Doc<'payment_intent'>

const evidenceDays = 7

interface NewIntent {
  readonly amount: number
  readonly currency: string
  readonly customer: string | null
  readonly paymentMethod: string | null
  readonly description?: string | null
  readonly metadata?: Record<string, string>
  readonly automaticMethods?: Intent['automatic_payment_methods'] | undefined
  readonly setupFutureUsage?: Intent['setup_future_usage']
}

export function createIntent(store: Store, given: NewIntent): Intent {
  const id = newStripeId('pi')
  const intent = store.create('payment_intent', {
    id,
    amount: given.amount,
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: given.automaticMethods ?? null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${newStripeId('').slice(1)}`,
    confirmation_method: 'automatic',
    currency: given.currency,
    customer: given.customer,
    description: given.description ?? null,
    metadata: given.metadata ?? {},
    payment_method: given.paymentMethod,
    payment_method_types: ['card'],
    setup_future_usage: given.setupFutureUsage ?? null,
    status: given.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
  })
  store.emit('payment_intent.created', intent)
  return intent
}

interface Confirmation {
  /** Nobody is there to answer the bank. */
  readonly isOffSession: boolean
  /** The bank asked, and the card's owner said yes. */
  readonly isAuthenticated?: boolean
}

/** Tries to take the money once. The intent's state tells what came of it. */
export async function confirm(store: Store, intent: Intent, how: Confirmation): Promise<Outcome> {
  const method = await store.get('payment_method', intent.payment_method ?? '', 'payment_method')
  const { cardNumber: number = '', isSetUp = false } = store.hidden(method)
  const isAuthenticated = how.isAuthenticated ?? false
  const outcome = outcomeOf({ card: method.card, number, isAuthenticated, isSetUp, now: store.now, isCharge: true })
  if (outcome.kind === 'needs_authentication') {
    intent.status = 'requires_action'
    intent.next_action = { type: 'use_stripe_sdk', use_stripe_sdk: {} } as Intent['next_action']
    store.emit('payment_intent.requires_action', intent)
    return outcome
  }
  const charge = createCharge(store, { intent, method, outcome })
  intent.latest_charge = charge.id
  intent.next_action = null
  if (outcome.kind === 'declined') {
    fail(intent, outcome, charge.id)
    store.emit('charge.failed', charge)
    store.emit('payment_intent.payment_failed', intent)
    return outcome
  }
  Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, last_payment_error: null })
  store.emit('charge.succeeded', charge)
  store.emit('payment_intent.succeeded', intent)
  if (number === '4000000000000259') openDispute(store, charge)
  return outcome
}

/** The card's owner said no, or nobody could be asked. */
export function fail(
  intent: Intent,
  why: { code: string; declineCode?: string; message: string },
  charge?: string,
): void {
  intent.status = 'requires_payment_method'
  intent.next_action = null
  intent.last_payment_error = {
    ...(charge === undefined ? {} : { charge }),
    code: why.code,
    ...(why.declineCode === undefined ? {} : { decline_code: why.declineCode }),
    message: why.message,
    type: 'card_error',
  } as Intent['last_payment_error']
}

interface NewCharge {
  readonly intent: Intent
  readonly method: Doc<'payment_method'>
  readonly outcome: Exclude<Outcome, { kind: 'needs_authentication' }>
}

function createCharge(store: Store, { intent, method, outcome }: NewCharge): Doc<'charge'> {
  const isPaid = outcome.kind === 'succeeded'
  return store.create('charge', {
    amount: intent.amount,
    amount_captured: isPaid ? intent.amount : 0,
    amount_refunded: 0,
    billing_details: method.billing_details,
    captured: isPaid,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_code: outcome.kind === 'declined' ? outcome.code : null,
    failure_message: outcome.kind === 'declined' ? outcome.message : null,
    metadata: { ...intent.metadata },
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: method.card ? { type: 'card', card: chargedCard(method.card) } : null,
    refunded: false,
    status: isPaid ? 'succeeded' : 'failed',
  })
}

function chargedCard(card: NonNullable<Doc<'payment_method'>['card']>) {
  const { brand, country, exp_month, exp_year, fingerprint, funding, last4 } = card
  return { brand, country, exp_month, exp_year, fingerprint, funding, last4 }
}

function openDispute(store: Store, charge: Doc<'charge'>): void {
  const dispute = store.create('dispute', {
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { enhanced_evidence: {} },
    evidence_details: {
      due_by: store.now + evidenceDays * daySeconds,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    is_charge_refundable: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status: 'needs_response',
  })
  charge.disputed = true
  store.emit('charge.dispute.created', dispute)
  store.emit('charge.dispute.funds_withdrawn', dispute)
}

export async function refundCharge(
  store: Store,
  {
    charge,
    ...given
  }: { charge: Doc<'charge'>; amount: number; reason?: Doc<'refund'>['reason']; metadata?: Record<string, string> },
): Promise<Doc<'refund'>> {
  const refund = store.create('refund', {
    amount: given.amount,
    charge: charge.id,
    currency: charge.currency,
    metadata: given.metadata ?? {},
    payment_intent: charge.payment_intent,
    reason: given.reason ?? null,
    status: 'succeeded',
  })
  charge.amount_refunded += given.amount
  charge.refunded = charge.amount_refunded === charge.amount
  store.emit('refund.created', refund)
  store.emit('charge.refunded', charge)
  return refund
}
