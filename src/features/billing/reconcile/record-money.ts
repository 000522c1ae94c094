// Every movement of money is one entry, written once: the object at Stripe that it records is unique.
import { and, eq, sql } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import type { Transaction } from '#src/db/client.ts'
import { agents, billingEntries, publisherAccounts } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'

export type Entry = typeof billingEntries.$inferSelect

/** Whom and what a movement is about. Kept by value: the books outlive all of them. */
export interface Subject {
  readonly userId: string
  readonly agentId: string
  readonly subscriptionId: string | undefined
  readonly isTest: boolean
}

interface Charge {
  readonly invoice: Stripe.Invoice
  readonly subject: Subject
  /** Of an add-on. */
  readonly offerId?: string
}

/** Records a paid invoice. Undefined: nothing was paid with it, or it stands there already. */
export async function recordCharge(
  tx: Transaction,
  { subjectHash }: Pick<Deps, 'subjectHash'>,
  { invoice, subject, offerId }: Charge,
): Promise<Entry | undefined> {
  if (invoice.status !== 'paid' || invoice.amount_paid === 0) return undefined
  const publisher = await publisherOf(tx, subject.agentId)
  const paidAt = invoice.status_transitions.paid_at ?? invoice.created
  return insert(tx, {
    kind: 'charge',
    amount: invoice.amount_paid,
    currency: invoice.currency.toUpperCase(),
    stripeObjectId: invoice.id,
    subjectHash: subjectHash(`person:${subject.userId}`),
    subscriptionRef: subject.subscriptionId ?? null,
    agentRef: subject.agentId,
    organizationRef: publisher.organizationId,
    isTest: subject.isTest,
    metadata: {
      number: invoice.number,
      feeBp: publisher.feeBp,
      billedAt: billedAtOf(invoice).toISOString(),
      ...(offerId !== undefined && { offerId }),
    },
    occurredAt: new Date(paidAt * 1000),
  })
}

/** The day that it is for. A renewal is for the day it was due, however much later Stripe writes its invoice or it is paid. */
function billedAtOf({ billing_reason: reason, created, lines }: Stripe.Invoice): Date {
  const starts = reason === 'subscription_cycle' ? lines.data.map(({ period }) => period.start) : []
  return new Date(Math.min(created, Math.max(0, ...starts) || created) * 1000)
}

async function publisherOf(
  tx: Transaction,
  agentId: string,
): Promise<{ organizationId: string | null; feeBp: number }> {
  const [found] = await tx
    .select({ organizationId: agents.organizationId, feeBp: publisherAccounts.feeBp })
    .from(agents)
    .leftJoin(publisherAccounts, eq(publisherAccounts.organizationId, agents.organizationId))
    .where(eq(agents.id, agentId))
  return { organizationId: found?.organizationId ?? null, feeBp: found?.feeBp ?? 0 }
}

interface Back {
  readonly kind: 'refund' | 'dispute' | 'dispute_reversal' | 'adjustment'
  /** The entry of what was paid. */
  readonly charge: Entry
  /** Minor units; negative where money leaves. */
  readonly amount: number
  readonly stripeObjectId: string
  readonly at: Date
}

/** Records what was given back of a charge, or taken. Undefined: it stands there already. */
export const recordBack = (
  tx: Transaction,
  { kind, charge, amount, stripeObjectId, at }: Back,
): Promise<Entry | undefined> =>
  insert(tx, {
    kind,
    amount,
    currency: charge.currency,
    stripeObjectId,
    subjectHash: charge.subjectHash,
    subscriptionRef: charge.subscriptionRef,
    agentRef: charge.agentRef,
    organizationRef: charge.organizationRef,
    isTest: charge.isTest,
    metadata: { ...charge.metadata, charge: charge.stripeObjectId },
    occurredAt: at,
  })

async function insert(tx: Transaction, entry: typeof billingEntries.$inferInsert): Promise<Entry | undefined> {
  const [written] = await tx
    .insert(billingEntries)
    .values(entry)
    .onConflictDoNothing({ target: billingEntries.stripeObjectId })
    .returning()
  return written
}

/** The entry of a paid invoice. */
export async function findCharge(tx: Pick<Transaction, 'select'>, stripeInvoiceId: string): Promise<Entry | undefined> {
  const [entry] = await tx
    .select()
    .from(billingEntries)
    .where(and(eq(billingEntries.stripeObjectId, stripeInvoiceId), eq(billingEntries.kind, 'charge')))
  return entry
}

/** What is left of a charge after what was given back, in minor units. */
export async function leftOf(tx: Pick<Transaction, 'select'>, charge: Entry): Promise<number> {
  const [sum] = await tx
    .select({ back: sql<string>`coalesce(sum(${billingEntries.amount}), 0)` })
    .from(billingEntries)
    .where(
      and(
        sql`${billingEntries.metadata}->>'charge' = ${charge.stripeObjectId}`,
        eq(billingEntries.agentRef, charge.agentRef ?? ''),
      ),
    )
  return charge.amount + Number(sum?.back ?? 0)
}
