// The parts of Stripe that Rialto uses, in PostgreSQL: docs/decisions/023-stripe-sandbox.md says which, and how it is kept
// honest. No money moves.
import type { Pool } from 'pg'
import { Stripe } from 'stripe'
import { collect } from './billing/collecting.ts'
import { confirm, fail } from './billing/charging.ts'
import { catchUp } from './clock.ts'
import { countUndelivered, deliver, isDeliveryDue } from './deliver.ts'
import type { DeliveryInput, DeliveryResult } from './deliver.ts'
import { StripeFailure } from './errors.ts'
import { forgetCustomer } from './forget.ts'
import { readCheckout, readPortal } from './hosted.ts'
import type { HostedCheckout, HostedPortal } from './hosted.ts'
import { createHandler } from './http.ts'
import { completeSession } from './resources/checkout.ts'
import type { CheckoutInput, CheckoutOutcome } from './resources/checkout.ts'
import { isInUse } from './schema.ts'
import type { Settings, Store } from './store.ts'
import { createTurns } from './turns.ts'
import { listUpcoming } from './upcoming.ts'
import type { Upcoming } from './upcoming.ts'
import type { Doc } from './vocabulary.ts'
import { createWork } from './work.ts'

export { cardInput, testCards } from './cards.ts'
export type { CardInput, TestCard } from './cards.ts'
export type { DeliveryResult, Disorder } from './deliver.ts'
export type { HostedCheckout, HostedLine, HostedPortal } from './hosted.ts'
export type { Upcoming } from './upcoming.ts'
export type { CheckoutInput, CheckoutOutcome } from './resources/checkout.ts'

export interface SandboxOptions {
  readonly pool: Pool
  /** The public origin, without a trailing slash: hosted pages are under `{baseUrl}/sandbox`. */
  readonly baseUrl: string
  readonly onError: (error: unknown) => void
  /** Default: 3, 5 and 7 days, as long as a failed payment may be late. */
  readonly retryDays?: Settings['retryDays']
  readonly afterRetries?: Settings['afterRetries']
}

type PaymentStatus = Doc<'payment_intent'>['status']

export interface Sandbox {
  /** Stripe's HTTP API, for the official client's transport or a port. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Catches up with the business clock; every API call does so too. Resolves to the number of things that happened. */
  readonly advance: () => Promise<number>
  /** When time itself changes something next. */
  readonly nextDueAt: () => Promise<Date | undefined>
  /** What time changes next, the first of it. */
  readonly upcoming: (limit: number) => Promise<Upcoming[]>
  /** Whether anything was ever asked of it in this database. Asking this makes nothing. */
  readonly isInUse: () => Promise<boolean>
  /** Sends due webhooks. To be called again while something is waiting. */
  readonly deliver: (to: Omit<DeliveryInput, 'pool' | 'sign'>) => Promise<DeliveryResult>
  readonly isDeliveryDue: () => Promise<boolean>
  /** Webhooks that nobody has taken yet, and that are still tried. */
  readonly countUndelivered: () => Promise<number>
  /** Runs a job that delivers when no other one does so in this process. */
  readonly inTurn: <T>(job: () => Promise<T>) => Promise<T>
  /** Hears after this process may have made webhooks; the answer ends that. */
  readonly onChange: (listener: () => void) => () => void
  /** What the hosted pages show; undefined: there is no such session. */
  readonly readCheckout: (sessionId: string) => Promise<HostedCheckout | undefined>
  readonly readPortal: (sessionId: string) => Promise<HostedPortal | undefined>
  /** What the hosted checkout page does. */
  readonly completeCheckout: (sessionId: string, input: CheckoutInput) => Promise<CheckoutOutcome>
  /** The bank asked for a payment that waits in `requires_action`, and its owner answered. Resolves to its status then. */
  readonly authenticate: (paymentIntentId: string, answer: 'succeeded' | 'failed') => Promise<PaymentStatus>
  /** Leaves nothing that says who a deleted customer was. */
  readonly forget: (customerId: string) => Promise<void>
}

export function createSandbox({ pool, baseUrl, onError, ...options }: SandboxOptions): Sandbox {
  const page = (name: string) => (id: string) => `${baseUrl}/sandbox/${name}/${id}`
  const work = createWork({
    pool,
    settings: {
      retryDays: options.retryDays ?? [3, 5, 7],
      afterRetries: options.afterRetries ?? 'canceled',
      pages: { checkout: page('checkout'), portal: page('portal'), invoice: page('invoices') },
    },
  })
  const { webhooks } = Stripe
  const handle = createHandler({ work, onError })
  const listeners = new Set<() => void>()
  const tell = (): void => listeners.forEach((listener) => listener())
  /** What a page asks for: time first, as before every call of the API. */
  const reading = async <T>(job: (store: Store) => Promise<T>): Promise<T> => {
    await catchUp(work)
    return work.reading(job)
  }
  const writing = async <T>(job: (store: Store) => Promise<T>): Promise<T> => {
    await catchUp(work)
    const result = await work.writing(job)
    tell()
    return result
  }
  return {
    fetch: async (request) => {
      const response = await handle(request)
      if (request.method !== 'GET') tell()
      return response
    },
    advance: async () => {
      const steps = await catchUp(work)
      if (steps > 0) tell()
      return steps
    },
    nextDueAt: () => work.nextDueAt(),
    upcoming: (limit) => work.reading((store) => listUpcoming(store, limit)),
    isInUse: () => isInUse(pool),
    deliver: async (to) => {
      await work.prepare()
      return deliver({ ...to, pool, sign: (header) => webhooks.generateTestHeaderStringAsync(header) })
    },
    isDeliveryDue: () => isDeliveryDue(pool),
    countUndelivered: () => countUndelivered(pool),
    inTurn: createTurns(),
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    readCheckout: (id) => reading((store) => readCheckout(store, id)),
    readPortal: (id) => reading((store) => readPortal(store, id)),
    completeCheckout: (id, input) => writing((store) => completeSession(store, id, input)).catch(refusal),
    authenticate: (id, answer) => writing((store) => authenticate(store, id, answer)),
    forget: (customerId) => writing((store) => forgetCustomer(store.client, customerId)),
  }
}

/** A card that was refused is an answer of the page, not an error; so is what can't be sold any more. */
function refusal(error: unknown): CheckoutOutcome {
  if (error instanceof StripeFailure && (error.status === 400 || error.status === 402))
    return { kind: 'declined', message: error.message }
  throw error
}

async function authenticate(store: Store, id: string, answer: 'succeeded' | 'failed'): Promise<PaymentStatus> {
  const intent = await store.get('payment_intent', id)
  if (intent.status !== 'requires_action') return intent.status
  if (answer === 'failed') {
    fail(intent, {
      code: 'payment_intent_authentication_failure',
      message: 'The provided PaymentMethod has failed authentication.',
    })
    store.emit('payment_intent.payment_failed', intent)
    return intent.status
  }
  const [payment] = await store.select('invoice_payment', { payment: { payment_intent: id } })
  const invoice = payment && (await store.get('invoice', payment.invoice))
  const how = { isOffSession: false, isAuthenticated: true }
  if (invoice?.status === 'open')
    await collect(store, invoice, { ...how, paymentMethod: intent.payment_method ?? undefined })
  else await confirm(store, intent, how)
  return intent.status
}
