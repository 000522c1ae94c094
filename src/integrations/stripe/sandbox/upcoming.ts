import { describer } from './billing/invoicing.ts'
import { dueOf, periodEndOf } from './due.ts'
import { lineItems } from './resources/checkout.ts'
import type { Store } from './store.ts'
import type { Doc, Kind } from './vocabulary.ts'

/** What time does next to one object. */
export interface Upcoming {
  readonly at: Date
  readonly what:
    | 'first_payment_lapses'
    | 'change_lapses'
    | 'subscription_ends'
    | 'trial_end_is_told'
    | 'trial_ends'
    | 'subscription_renews'
    | 'schedule_moves_on'
    | 'invoice_is_finalized'
    | 'payment_is_retried'
    | 'checkout_expires'
  readonly objectId: string
  /** Names of products, or the number of an invoice; may be empty. */
  readonly about: string
}

/** What is due first, in its order. */
export async function listUpcoming(store: Store, limit: number): Promise<Upcoming[]> {
  const docs = await store.read('due IS NOT NULL ORDER BY due, seq LIMIT $1', [limit])
  const upcoming: Upcoming[] = []
  for (const doc of docs) {
    const due = dueOf({ kind: doc.object, doc, hidden: store.hidden(doc) })
    const known = due === null ? undefined : await describe(store, doc, due)
    if (known && due !== null) upcoming.push({ ...known, at: new Date(due * 1000), objectId: doc.id })
  }
  return upcoming
}

type Described = Pick<Upcoming, 'what' | 'about'>

async function describe(store: Store, doc: Doc<Kind>, due: number): Promise<Described | undefined> {
  if (doc.object === 'subscription') return { what: nextOf(doc, due), about: await productsOf(store, doc) }
  if (doc.object === 'subscription_schedule') {
    const subscription = await store.find('subscription', doc.subscription ?? '')
    return { what: 'schedule_moves_on', about: subscription ? await productsOf(store, subscription) : '' }
  }
  if (doc.object === 'invoice') {
    const about = doc.number ?? doc.lines.data[0]?.description ?? ''
    return { what: doc.status === 'draft' ? 'invoice_is_finalized' : 'payment_is_retried', about }
  }
  if (doc.object !== 'checkout.session') return undefined
  const lines = await lineItems(store, doc)
  return { what: 'checkout_expires', about: lines.map(({ description }) => description ?? '').join(', ') }
}

/** In the order in which passTime asks. */
function nextOf(subscription: Doc<'subscription'>, due: number): Upcoming['what'] {
  const { status, pending_update: pending, cancel_at: cancelAt } = subscription
  if (status === 'incomplete') return 'first_payment_lapses'
  if (pending && pending.expires_at <= due) return 'change_lapses'
  if (cancelAt !== null && cancelAt <= due) return 'subscription_ends'
  if (periodEndOf(subscription) <= due) return status === 'trialing' ? 'trial_ends' : 'subscription_renews'
  return 'trial_end_is_told'
}

async function productsOf(store: Store, { items }: Doc<'subscription'>): Promise<string> {
  const prices = items.data.map(({ price }) => price)
  const nameOf = await describer(store, prices)
  return prices.map(nameOf).join(', ')
}
