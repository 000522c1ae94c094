import { cardDetails, cardInput, findCard, outcomeOf, testCards } from '../cards.ts'
import type { CardInput } from '../cards.ts'
import { StripeFailure, invalid } from '../errors.ts'
import type { Store } from '../store.ts'
import type { Doc } from '../vocabulary.ts'
import { list } from './lists.ts'
import { mergedMetadata } from './routes.ts'
import type { Routes } from './routes.ts'

type PaymentMethod = Doc<'payment_method'>

export function createCard(store: Store, card: CardInput, metadata: Record<string, string> = {}): PaymentMethod {
  return store.create(
    'payment_method',
    { billing_details: {}, card: cardDetails(card), metadata, type: 'card' },
    { cardNumber: card.number },
  )
}

/** Also takes the ids of Stripe's test mode, such as `pm_card_visa`, each time as a new card. */
export async function attach(store: Store, id: string, customer: string): Promise<PaymentMethod> {
  const wellKnown = testCards.find((known) => known.paymentMethodId === id)
  const method = wellKnown
    ? createCard(store, cardInput(wellKnown, store.now))
    : await store.get('payment_method', id, 'payment_method')
  await store.get('customer', customer, 'customer')
  if (method.customer === customer) return method
  if (method.customer !== null) {
    throw invalid('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    })
  }
  const { cardNumber = '' } = store.hidden(method)
  const outcome = outcomeOf({
    card: method.card,
    number: cardNumber,
    isAuthenticated: false,
    isSetUp: false,
    now: store.now,
    isCharge: false,
  })
  if (outcome.kind === 'declined') throw declined(outcome)
  method.customer = customer
  store.emit('payment_method.attached', method)
  return method
}

export const declined = (
  { code, declineCode, message }: { code: string; declineCode: string; message: string },
  keeps: { keepsChanges?: boolean; payment_intent?: unknown } = {},
): StripeFailure =>
  new StripeFailure({ status: 402, type: 'card_error', code, decline_code: declineCode, message, ...keeps })

export const paymentMethodRoutes = {
  'POST /v1/payment_methods': (store, { type, card, metadata }) => {
    if (type !== 'card' || !card) throw invalid('The sandbox knows cards only.', { param: 'type' })
    const {
      number = '',
      exp_month: expMonth = 12,
      exp_year: expYear = new Date(store.now * 1000).getUTCFullYear() + 5,
    } = card
    const byToken = testCards.find(({ paymentMethodId }) => paymentMethodId.replace('pm_card', 'tok') === card.token)
    const chosen = byToken ? cardInput(byToken, store.now) : { number: number.replaceAll(' ', ''), expMonth, expYear }
    if (!findCard(chosen.number)) {
      throw new StripeFailure({
        status: 402,
        type: 'card_error',
        code: 'incorrect_number',
        message: 'Your card number is incorrect.',
        param: 'number',
      })
    }
    if (expMonth < 1 || expMonth > 12) throw invalid('Your card’s expiration month is invalid.', { param: 'exp_month' })
    return createCard(store, chosen, mergedMetadata({}, metadata))
  },
  'GET /v1/payment_methods': (store, { customer, type, ...page }) =>
    list(store, { kind: 'payment_method', url: '/v1/payment_methods', page, where: { customer, type } }),
  'GET /v1/payment_methods/:id': (store, _, { id }) => store.get('payment_method', id),
  'POST /v1/payment_methods/:id/attach': (store, { customer }, { id }) => attach(store, id, customer ?? ''),
  'POST /v1/payment_methods/:id/detach': async (store, _, { id }) => {
    const method = await store.get('payment_method', id)
    const owner = await store.find('customer', method.customer ?? '')
    if (owner?.invoice_settings.default_payment_method === id) owner.invoice_settings.default_payment_method = null
    method.customer = null
    store.emit('payment_method.detached', method)
    return method
  },
} satisfies Partial<Routes>
