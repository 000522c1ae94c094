// What goes with a person here. Stripe keeps invoices and events of its own; the sandbox's lie in the marketplace's database.
import type { ClientBase } from 'pg'

/** Fields that say who somebody is, in whatever object they stand. */
const personalFields = [
  'collected_information',
  'customer_address',
  'customer_details',
  'customer_email',
  'customer_name',
  'customer_phone',
  'customer_shipping',
  'customer_tax_ids',
  'receipt_email',
  'shipping',
]
/** Of what an event is about: enough to find it. */
const eventFields = ['id', 'object', 'customer', 'subscription', 'released_subscription', 'metadata']
const nobody = { address: null, email: null, name: null, phone: null, tax_id: null }

/** Of a customer who was deleted: what was paid stays, and nothing says by whom. Doing it again changes nothing. */
export async function forgetCustomer(client: ClientBase, customer: string): Promise<void> {
  const isAbout = `kind = 'event' AND strpos(doc::text, $1) > 0`
  // A card that was taken away belongs to nobody; only its event says whose it was.
  const { rows } = await client.query<{ id: string }>(
    `SELECT doc #>> '{data,object,id}' AS id FROM stripe_sandbox.objects
     WHERE ${isAbout} AND doc->>'type' = 'payment_method.detached'`,
    [customer],
  )
  // What is still to be delivered is delivered: a webhook is a hint.
  await client.query(
    `UPDATE stripe_sandbox.objects SET doc = jsonb_set(doc, '{data}', jsonb_build_object('object', (
       SELECT jsonb_object_agg(key, value) FROM jsonb_each(doc #> '{data,object}') WHERE key = ANY ($2))))
     WHERE ${isAbout}`,
    [customer, eventFields],
  )
  await client.query(
    `DELETE FROM stripe_sandbox.objects WHERE kind = 'tax_id' AND doc @> jsonb_build_object('customer', $1::text)`,
    [customer],
  )
  await client.query(
    `UPDATE stripe_sandbox.objects SET doc = (
       SELECT jsonb_object_agg(key, CASE WHEN key = ANY ($2) THEN 'null' WHEN key = 'billing_details' THEN $3 ELSE value END)
       FROM jsonb_each(doc))
     WHERE kind <> 'event' AND (doc @> jsonb_build_object('customer', $1::text) OR id = ANY ($4))`,
    [customer, personalFields, JSON.stringify(nobody), rows.map(({ id }) => id)],
  )
  // Each holds an answer as it was given.
  await client.query('DELETE FROM stripe_sandbox.idempotency_keys WHERE strpos(body::text, $1) > 0', [customer])
}
