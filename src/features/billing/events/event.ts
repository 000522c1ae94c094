// What is kept of an event. It is only a hint: whatever is done about it asks Stripe for the object as it is now.
import { z } from 'zod'
import type { Json } from '#src/db/schema/business.ts'

const stripeId = z.string().regex(/^\w{1,255}$/)

/** What every event has, whatever it is about. */
const eventSchema = z.object({
  id: z.string().regex(/^evt_\w{1,250}$/),
  object: z.literal('event'),
  type: z.string().regex(/^[a-z0-9_.]{1,100}$/),
  created: z.int(),
  livemode: z.boolean(),
  api_version: z.string().max(100).nullish(),
  /** Of Connect: whose account it happened in. */
  account: stripeId.optional(),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
})

export interface StripeEvent {
  readonly id: string
  readonly type: string
  readonly livemode: boolean
  readonly apiVersion: string | undefined
  readonly account: string | undefined
  /** As it came, but for what PostgreSQL can't hold. */
  readonly payload: Json
}

/** Undefined: it is no event, or of a kind that isn't sent to us. */
export function parseEvent(value: unknown): StripeEvent | undefined {
  const parsed = eventSchema.safeParse(value)
  if (!parsed.success) return undefined
  const { id, type, livemode, api_version: apiVersion, account } = parsed.data
  const payload = storable(value, 0)
  return { id, type, livemode, apiVersion: apiVersion ?? undefined, account, payload: isObject(payload) ? payload : {} }
}

/** Deeper than anything of Stripe's, and far from what a parser can't follow. */
const depthMax = 50

/**
 * jsonb refuses NUL and halves of surrogate pairs in texts, and an event that can't be stored would be sent again for three days and
 * then be lost. What a replaced character stood in is for people to read: nothing is decided by it.
 */
function storable(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > depthMax) return null
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storable(item, depth + 1)] as const),
  )
}

const storableText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD')

/** The ids by which an object hangs together with others; what is done about an event needs no more. */
const idFields = [
  'id',
  'customer',
  'subscription',
  'released_subscription',
  'invoice',
  'charge',
  'payment_intent',
  'setup_intent',
] as const

/** The event without anything that says something about somebody: ids, and what kind of thing happened when. */
export function reducedToIds(payload: Json): Json {
  const object = objectOf(payload)
  const invoiced = subscriptionOf(object)
  const ids = Object.fromEntries(idFields.flatMap((field) => idEntry(field, object[field])))
  return {
    ...picked(payload, ['id', 'object', 'type', 'created', 'livemode', 'api_version', 'account']),
    data: {
      object: {
        ...picked(object, ['object']),
        ...ids,
        ...(invoiced !== undefined && ids['subscription'] === undefined && { subscription: invoiced }),
        metadata: ownMetadata(object),
      },
    },
  }
}

const picked = (from: Json, names: readonly string[]): Json =>
  Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))

function idEntry(field: string, value: unknown): [string, string][] {
  const id = idOf(value)
  return id === undefined ? [] : [[field, id]]
}

/** An id, or that of the object that stands in its place. */
function idOf(value: unknown): string | undefined {
  const id = isObject(value) ? value['id'] : value
  const parsed = stripeId.safeParse(id)
  return parsed.success ? parsed.data : undefined
}

/** Ids of ours; see intents/metadata.ts. */
function ownMetadata(object: Json): Json {
  const parent = isObject(object['parent']) ? object['parent']['subscription_details'] : undefined
  const metadata = { ...(isObject(parent) && asObject(parent['metadata'])), ...asObject(object['metadata']) }
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([key, value]) => /^rialto(_\w{1,30})?$/.test(key) && typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
    ),
  )
}

/** What the event is about. */
export interface EventSubject {
  readonly objectId: string | undefined
  readonly customerId: string | undefined
  readonly subscriptionId: string | undefined
  readonly invoiceId: string | undefined
  /** Says that it is ours: we wrote it there. */
  readonly metadata: Json
}

/** The same for a payload that was reduced to ids. */
export function subjectOf(payload: Json): EventSubject {
  const object = objectOf(payload)
  const isCustomer = object['object'] === 'customer'
  const isSubscription = object['object'] === 'subscription'
  return {
    objectId: idOf(object['id']),
    customerId: idOf(isCustomer ? object['id'] : object['customer']),
    subscriptionId: isSubscription ? idOf(object['id']) : subscriptionOf(object),
    invoiceId: idOf(object['invoice']),
    metadata: ownMetadata(object),
  }
}

/** An invoice names its subscription in its parent, a released schedule the one it had. */
function subscriptionOf(object: Json): string | undefined {
  const parent = isObject(object['parent']) ? object['parent']['subscription_details'] : undefined
  const invoiced = isObject(parent) ? parent['subscription'] : undefined
  return idOf(object['subscription']) ?? idOf(object['released_subscription']) ?? idOf(invoiced)
}

const objectOf = (payload: Json): Json => asObject(asObject(payload['data'])['object'])
const asObject = (value: unknown): Json => (isObject(value) ? value : {})
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
