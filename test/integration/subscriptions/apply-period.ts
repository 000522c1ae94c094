import { eq } from 'drizzle-orm'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { applyBilled, inTransaction, tierAt } from '#src/features/subscriptions/index.ts'
import type { Billed, Payment, SubscriptionRow } from '#src/features/subscriptions/index.ts'
import { AppError } from '#src/lib/errors.ts'

export interface ApplyPeriod extends Partial<Pick<Billed, 'tierId' | 'cancelAtPeriodEnd' | 'stripe'>> {
  readonly subscriptionId: string
  readonly payment: Payment
}

/** What billing writes down of a period that is paid for; what isn't said stays as it is. */
export function applyPeriod(
  deps: Pick<Deps, 'db' | 'config' | 'newId'>,
  { subscriptionId, payment, ...said }: ApplyPeriod,
): Promise<SubscriptionRow> {
  return inTransaction(deps.db, async (tx) => {
    const [row] = await tx.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.id, subscriptionId))
    if (row === undefined) throw new AppError('not_found')
    const { rows } = await tx.execute<{ now: Date }>('SELECT rialto_now() AS now')
    const tierId = said.tierId ?? (await tierAt(tx, row, new Date(String(rows[0]?.now)))).id
    const isKept = tierId === row.tierId && row.nextTierId !== null && row.nextTierAt !== null
    const written = await applyBilled(tx, deps, {
      ...payment,
      subscriptionId,
      tierId,
      next: isKept ? { tierId: row.nextTierId ?? '', at: row.nextTierAt ?? new Date() } : null,
      cancelAtPeriodEnd: said.cancelAtPeriodEnd ?? row.cancelAtPeriodEnd,
      disputedAt: null,
      stripe: said.stripe ?? {
        customerId: row.stripeCustomerId ?? `cus_${row.userId}`,
        subscriptionId: row.stripeSubscriptionId ?? `sub_${subscriptionId}`,
      },
    })
    return written.row
  })
}
