// What is about to be asked of Stripe is written down first. An intent's id makes each of its calls happen once.
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { billingIntents } from '#src/db/schema/index.ts'
import type { purchaseKinds, SpendingClaim } from '#src/db/schema/index.ts'

export type Intent = typeof billingIntents.$inferSelect
export type PurchaseKind = (typeof purchaseKinds)[number]

export interface NewIntent<Kind extends Intent['kind']>
  extends
    Pick<Intent, 'id' | 'userId' | 'agentId'>,
    Partial<Pick<Intent, 'subscriptionId' | 'tierId' | 'offerId' | 'input'>> {
  readonly kind: Kind
  /** From now, by the business clock. */
  readonly openSeconds: number
}

/** Writes down what costs nobody anything. The id is the caller's: with the same one again, the first stays and is answered. */
export const writeIntent = (
  db: Database | Transaction,
  intent: NewIntent<Exclude<Intent['kind'], PurchaseKind>>,
): Promise<Intent> => write(db, intent)

/** A purchase, with what it may come to cost: held against its person's caps by writePurchase. */
export const writeClaimed = (
  tx: Transaction,
  intent: NewIntent<PurchaseKind> & { readonly claim: SpendingClaim },
): Promise<Intent> => write(tx, intent)

async function write(
  db: Database | Transaction,
  { openSeconds, ...values }: NewIntent<Intent['kind']> & Partial<Pick<Intent, 'claim'>>,
): Promise<Intent> {
  const [written] = await db
    .insert(billingIntents)
    .values({ ...values, expiresAt: sql`rialto_now() + make_interval(secs => ${openSeconds})` })
    .onConflictDoNothing({ target: billingIntents.id })
    .returning()
  const intent = written ?? (await readIntent(db, values.id))
  if (intent === undefined) throw new Error('The written intent is missing')
  return intent
}

export async function readIntent(db: Database | Transaction, id: string): Promise<Intent | undefined> {
  const [intent] = await db.select().from(billingIntents).where(eq(billingIntents.id, id))
  return intent
}

/** The page of ours that a purchase was begun from. Null: none was told. */
export function cameFromOf({ input }: Pick<Intent, 'input'>): string | null {
  const from = isObject(input) ? input['cameFrom'] : undefined
  return typeof from === 'string' ? from : null
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

type Noted = Partial<Pick<Intent, 'stripeObjectId' | 'url' | 'subscriptionId' | 'input'>>

/** What Stripe answered, or the person said anew. */
export async function noteOnIntent(db: Database | Transaction, id: string, noted: Noted): Promise<void> {
  await db.update(billingIntents).set(noted).where(eq(billingIntents.id, id))
}

/** Of those that wait, others come first the next time: one that can't be settled must not keep them waiting. */
export async function touchIntent(db: Database, id: string): Promise<void> {
  await db
    .update(billingIntents)
    .set({ updatedAt: sql`clock_timestamp()` })
    .where(eq(billingIntents.id, id))
}

interface Settlement extends Noted {
  readonly id: string
  readonly state: Exclude<Intent['state'], 'open'>
  readonly reason?: string
}

/** Ends an intent; one that had expired may have been completed in its last moment. False: it had ended otherwise, and stays so. */
export async function settleIntent(db: Database | Transaction, { id, ...settled }: Settlement): Promise<boolean> {
  const rows = await db
    .update(billingIntents)
    .set({ ...settled, url: null, settledAt: sql`now()` })
    .where(and(eq(billingIntents.id, id), inArray(billingIntents.state, ['open', 'expired'])))
    .returning({ id: billingIntents.id })
  return rows.length > 0
}
