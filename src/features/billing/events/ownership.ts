import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { EventSubject } from './event.ts'

/**
 * Whether an event may be kept as it came: it is about a customer of ours who is not leaving, or about an object that we made and
 * that belongs to nobody. A customer who is leaving holds it up until the transaction ends; see deletion/.
 */
export async function isAboutOurs(
  tx: Transaction,
  { customerId, metadata }: Pick<EventSubject, 'customerId' | 'metadata'>,
): Promise<boolean> {
  if (customerId === undefined) return metadata['rialto'] !== undefined
  // A new customer's first event may be here before the answer that says their id.
  const rowId = typeof metadata['rialto_customer'] === 'string' ? metadata['rialto_customer'] : null
  const { rowCount } = await tx.execute(sql`
    SELECT FROM billing_customers AS customer
    WHERE (stripe_customer_id = ${customerId} OR (stripe_customer_id IS NULL AND id::text = ${rowId}))
      AND NOT EXISTS (SELECT FROM account_deletions AS deletion WHERE deletion.user_id = customer.user_id)
    FOR KEY SHARE`)
  return (rowCount ?? 0) > 0
}
