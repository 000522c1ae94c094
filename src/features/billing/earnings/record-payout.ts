import { eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { billingEntries } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { getEarnerRef } from './organization.ts'
import { readBalances } from './read-statement.ts'
import type { Balance } from './read-statement.ts'

export interface RecordPayout {
  readonly operatorId: string
  /** Slug or id; also of one that is gone. */
  readonly organization: string
  /** A UUID of the caller's: recorded again with it, the payout stands once. */
  readonly id: string
  /** Minor units. Negative: an earlier one came back, or was recorded by mistake. */
  readonly amountMinor: number
  readonly currency: string
  /** Of the bank's transfer. */
  readonly reference: string
  readonly reason: string
}

export interface Payout {
  readonly id: string
  readonly amountMinor: number
  /** Of the currency, afterwards. */
  readonly balance: Balance
  readonly isReplayed: boolean
}

/**
 * Writes down what was paid out to an organization, outside of this software. Throws `not_found`, and `conflict` for more than is
 * owed, for more coming back than was paid, and for an id that stands for something else.
 */
export async function recordPayout({ db }: Pick<Deps, 'db'>, payout: RecordPayout): Promise<Payout> {
  return db.transaction(async (tx) => {
    const organizationRef = await getEarnerRef(tx, payout.organization)
    // One after the other, so that two don't pay out the same balance. The organization's row may be gone.
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`rialto.payout:${organizationRef}`}, 0))`)
    const [present] = await tx.select().from(billingEntries).where(eq(billingEntries.id, payout.id))
    const { id, amountMinor, currency } = payout
    const before = await balanceOf(tx, { organizationRef, currency })
    if (present !== undefined) {
      requireSame(present, { payout, organizationRef })
      return { id, amountMinor, balance: before, isReplayed: true }
    }
    await requireOwed(tx, { payout, organizationRef, balanceMinor: before.balanceMinor })
    await tx.insert(billingEntries).values({
      id,
      kind: 'payout',
      amount: -amountMinor,
      currency,
      organizationRef,
      metadata: { reference: payout.reference },
    })
    await recordAudit(tx, {
      userId: payout.operatorId,
      orgId: organizationRef,
      action: 'payout.record',
      resource: 'organization',
      resourceId: organizationRef,
      metadata: { entryId: id, amountMinor, currency, reference: payout.reference, reason: payout.reason },
    })
    return { id, amountMinor, balance: await balanceOf(tx, { organizationRef, currency }), isReplayed: false }
  })
}

interface Which {
  readonly organizationRef: string
  readonly currency: string
}

async function balanceOf(tx: Transaction, { organizationRef, currency }: Which): Promise<Balance> {
  const balances = await readBalances(tx, organizationRef)
  return balances.find((balance) => balance.currency === currency) ?? { currency, balanceMinor: 0 }
}

interface Checked {
  readonly payout: RecordPayout
  readonly organizationRef: string
}

function requireSame(row: typeof billingEntries.$inferSelect, { payout, organizationRef }: Checked): void {
  const isSame =
    row.kind === 'payout' &&
    row.organizationRef === organizationRef &&
    row.amount === -payout.amountMinor &&
    row.currency === payout.currency
  if (!isSame) throw new AppError('conflict', { detail: 'This id stands for another entry.' })
}

async function requireOwed(
  tx: Transaction,
  { payout, organizationRef, balanceMinor }: Checked & { readonly balanceMinor: number },
): Promise<void> {
  const { amountMinor, currency } = payout
  if (amountMinor > balanceMinor) {
    throw new AppError('conflict', { detail: 'That is more than is owed.', balanceMinor, currency })
  }
  if (amountMinor > 0) return
  const { rows } = await tx.execute<{ paid: string }>(sql`
    SELECT coalesce(-sum(amount), 0) AS paid FROM billing_entries
    WHERE organization_ref = ${organizationRef} AND currency = ${currency} AND kind = 'payout'`)
  const paidMinor = Number(rows[0]?.paid ?? 0)
  if (-amountMinor > paidMinor) {
    throw new AppError('conflict', { detail: 'That is more than was ever paid out.', paidMinor, currency })
  }
}
