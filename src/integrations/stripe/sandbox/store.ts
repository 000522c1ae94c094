// One unit of work: objects are read once, changed in memory, and written together when it ends.
import { randomBytes } from 'node:crypto'
import type { ClientBase } from 'pg'
import { apiVersion } from '../api-version.ts'
import { missing } from './errors.ts'
import { dueOf } from './due.ts'
import { complete, fieldsOf, shapes } from './shapes.ts'
import type { Doc, Given, Kind } from './vocabulary.ts'

/** What Stripe knows of an object and never shows. */
export interface Hidden {
  /** Of a payment method: which test card it is, and whether its owner has agreed to later charges. */
  cardNumber?: string
  isSetUp?: boolean
  /** Of a subscription: the event three days before its trial ends was sent; the invoice its pending update waits for. */
  isTrialEndTold?: boolean
  pendingInvoice?: string
  /** Of a checkout session: what it was asked to make. */
  checkout?: unknown
}

export interface Settings {
  /** Days from one attempt to collect a payment to the next. */
  readonly retryDays: readonly number[]
  /** What becomes of a subscription when none succeeds. */
  readonly afterRetries: 'canceled' | 'unpaid'
  /** Addresses of the hosted pages. */
  readonly pages: Record<'checkout' | 'portal' | 'invoice', (id: string) => string>
}

interface Entry {
  readonly kind: Kind
  readonly doc: Doc<Kind>
  readonly hidden: Hidden
  /** As in the database, in JSON; undefined: not there yet. */
  stored: string | undefined
  /** As the last event showed it. */
  told: Record<string, unknown>
}

interface Row {
  id: string
  kind: Kind
  doc: Doc<Kind>
  hidden: Hidden
}

type Made = 'id' | 'object' | 'livemode' | 'created'
type Filter = Record<string, unknown>

export type Store = ReturnType<typeof createStore>

const prefixes: Partial<Record<Kind, string>> = {
  account: 'acct',
  product: 'prod',
  customer: 'cus',
  tax_id: 'txi',
  payment_method: 'pm',
  setup_intent: 'seti',
  payment_intent: 'pi',
  charge: 'ch',
  refund: 're',
  dispute: 'du',
  'checkout.session': 'cs_test',
  subscription: 'sub',
  subscription_item: 'si',
  subscription_schedule: 'sub_sched',
  invoice: 'in',
  line_item: 'il',
  item: 'li',
  invoice_payment: 'inpay',
  invoiceitem: 'ii',
  credit_note: 'cn',
  credit_note_line_item: 'cnli',
  'billing_portal.session': 'bps_test',
  event: 'evt',
}

export const newStripeId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`

interface Ground {
  readonly client: ClientBase
  /** Business time in seconds. */
  readonly now: number
  readonly settings: Settings
  readonly request: { id: string; idempotencyKey: string | null } | undefined
}

export function createStore({ client, now, settings, request }: Ground) {
  const entries = new Map<string, Entry>()

  const adopt = (row: Row): Entry => {
    const known = entries.get(row.id)
    if (known) return known
    const entry: Entry = { ...row, stored: jsonOf(row), told: copyOf(row.doc) }
    entries.set(row.id, entry)
    return entry
  }

  const entryOf = (doc: { id: string }): Entry => {
    const entry = entries.get(doc.id)
    if (!entry) throw new Error(`${doc.id} is not part of this unit of work`)
    return entry
  }

  /** Makes a part that lives inside another object, such as a line of an invoice. */
  const make = <K extends Kind>(kind: K, given: Omit<Given<Doc<K>>, Made> & { id?: string }): Doc<K> => {
    const fields = fieldsOf(shapes.resources[kind]) ?? {}
    const made = {
      id: newStripeId(prefixes[kind] ?? kind),
      object: kind,
      ...('livemode' in fields ? { livemode: false } : {}),
      ...('created' in fields ? { created: now } : {}),
    }
    // The four fields that were left out are added here, so this is a whole `Given`.
    return complete(kind, { ...made, ...given } as unknown as Given<Doc<K>>)
  }

  const create = <K extends Kind>(
    kind: K,
    given: Omit<Given<Doc<K>>, Made> & { id?: string },
    hidden: Hidden = {},
  ): Doc<K> => {
    const doc = make(kind, given)
    // An object of one kind is one of any kind; the compiler can't see it through the type parameter.
    entries.set(doc.id, { kind, doc: doc as unknown as Doc<Kind>, hidden, stored: undefined, told: copyOf(doc) })
    return doc
  }

  const read = async (where: string, values: unknown[]): Promise<Entry[]> => {
    await flush()
    const { rows } = await client.query<Row>(
      `SELECT id, kind, doc, hidden FROM stripe_sandbox.objects WHERE ${where}`,
      values,
    )
    return rows.map(adopt)
  }

  const findAny = async (id: string): Promise<Entry | undefined> => entries.get(id) ?? (await read('id = $1', [id]))[0]

  /** Undefined also for an id of another kind. */
  const find = async <K extends Kind>(kind: K, id: string): Promise<Doc<K> | undefined> => {
    const entry = await findAny(id)
    // The kind is the discriminator, kept beside the object.
    return entry?.kind === kind ? (entry.doc as Doc<K>) : undefined
  }

  const get = async <K extends Kind>(kind: K, id: string, param?: string): Promise<Doc<K>> => {
    const doc = await find(kind, id)
    if (!doc || ('deleted' in doc && doc.deleted)) throw missing(kind.replaceAll(/[._]/g, ' '), id, param)
    return doc
  }

  /** Those whose fields are as given (undefined ones aside), oldest first. */
  const select = async <K extends Kind>(kind: K, filter: Filter): Promise<Doc<K>[]> => {
    const found = await read('kind = $1 AND doc @> $2 ORDER BY seq LIMIT 1000', [kind, JSON.stringify(filter)])
    return found.map(({ doc }) => doc as Doc<K>)
  }

  /** Tells the world: an event of Stripe's shape, with what changed since the last one about this object. */
  const emit = (type: Doc<'event'>['type'], doc: { id: string; object: string }): void => {
    const { told } = entryOf(doc)
    const before: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(doc)) {
      if (JSON.stringify(told[name]) !== JSON.stringify(value)) before[name] = told[name] ?? null
    }
    const isUpdate = type.endsWith('.updated')
    if (isUpdate && Object.keys(before).length === 0) return
    const shown = copyOf(doc)
    create('event', {
      api_version: apiVersion,
      // The client leaves open what an event is about; tests compare it with the shape of its kind.
      data: { object: shown, ...(isUpdate ? { previous_attributes: before } : {}) } as never,
      pending_webhooks: 1,
      request: request
        ? { id: request.id, idempotency_key: request.idempotencyKey }
        : { id: null, idempotency_key: null },
      type,
    })
    entryOf(doc).told = copyOf(doc)
  }

  const remove = async (doc: { id: string }): Promise<void> => {
    entries.delete(doc.id)
    await client.query('DELETE FROM stripe_sandbox.objects WHERE id = $1', [doc.id])
  }

  /** Writes what is new or changed, in one statement and in order, so that events keep theirs. */
  async function flush(): Promise<void> {
    const changed = [...entries.values()].flatMap((entry) => {
      const json = jsonOf(entry)
      if (json === entry.stored) return []
      const row = { id: entry.doc.id, kind: entry.kind, due: dueOf(entry), doc: entry.doc, hidden: entry.hidden }
      entry.stored = json
      return [row]
    })
    if (changed.length === 0) return
    await client.query(
      `WITH given AS MATERIALIZED (
         SELECT row->>'id' AS id, row->>'kind' AS kind, (row->>'due')::bigint AS due, row->'doc' AS doc,
                row->'hidden' AS hidden, position
         FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS list(row, position)
       ), written AS (
         INSERT INTO stripe_sandbox.objects (id, kind, due, doc, hidden)
         SELECT id, kind, due, doc, hidden FROM given ORDER BY position
         ON CONFLICT (id) DO UPDATE SET due = excluded.due, doc = excluded.doc, hidden = excluded.hidden
         RETURNING id, kind, seq
       )
       INSERT INTO stripe_sandbox.deliveries (event_id) SELECT id FROM written WHERE kind = 'event' ORDER BY seq`,
      [JSON.stringify(changed)],
    )
  }

  return {
    now,
    settings,
    client,
    make,
    create,
    find,
    findAny: async (id: string): Promise<Doc<Kind> | undefined> => (await findAny(id))?.doc,
    get,
    select,
    read: async (where: string, values: unknown[]): Promise<Doc<Kind>[]> =>
      (await read(where, values)).map(({ doc }) => doc),
    hidden: (doc: { id: string }): Hidden => entryOf(doc).hidden,
    emit,
    remove,
    flush,
  }
}

const jsonOf = ({ doc, hidden }: Pick<Row, 'doc' | 'hidden'>): string => JSON.stringify([doc, hidden])

const copyOf = (doc: object): Record<string, unknown> => structuredClone({ ...doc })

/** An element list in Stripe's envelope. */
export const listOf = <T>(url: string, data: T[]) => ({ object: 'list' as const, data, has_more: false, url })
