import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { subscriptionUsage, usageReservations } from '#src/db/schema/index.ts'
import type { AccessToken } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { noticesJob } from '#src/metering/index.ts'
import { requireBackend } from '../caller.ts'
import { decisionOf } from '../decision.ts'
import { graceSecondsOf, limitInForce } from '../limit-in-force.ts'
import { noteThresholds } from '../note-thresholds.ts'
import { settleInTransaction } from '../transaction.ts'
import { lateRequestId } from './late-request-id.ts'
import { lockReservation } from './reservation.ts'
import type { Reservation } from './reservation.ts'
import { settle, settlementOf } from './settlement.ts'
import type { LateSettlement, Settlement } from './settlement.ts'

export type SettlingDeps = Pick<Deps, 'config' | 'db' | 'jobs' | 'liftLinks' | 'usage'>

export interface Commit {
  readonly reservationId: string
  /** Units that the work really took; 0 gives all back. */
  readonly amount: number
}

/**
 * Settles a reservation for what its work took, in the period in which it was made. Above what was held, the rest is taken as far
 * as it fits. Once lapsed it is a new use. The same amount again gets the same answer.
 *
 * Throws `not_found`, also for another agent's; `reservation_settled` when it was committed with another amount, or released.
 */
export async function commitReservation(
  deps: SettlingDeps,
  token: AccessToken,
  { reservationId, amount }: Commit,
): Promise<Settlement | LateSettlement> {
  const { agentId } = requireBackend(token)
  const graceSeconds = graceSecondsOf(deps.config)
  const { reservation, isReplayed, isNoticed } = await deps.usage.settle(agentId, () =>
    settleInTransaction(deps.db, async (tx) => {
      const found = await lockReservation(tx, { agentId, reservationId })
      switch (found.row.state) {
        case 'held':
          return { ...(await commitHeld(tx, found, { amount, graceSeconds })), isReplayed: false }
        case 'lapsed':
          return { reservation: found, isReplayed: false, isNoticed: false }
        case 'committed':
          if (found.row.committed === amount) return { reservation: found, isReplayed: true, isNoticed: false }
          throw settledBefore(found)
        case 'released':
          throw settledBefore(found)
      }
    }),
  )
  if (isNoticed) void deps.jobs.wake(noticesJob)
  if (reservation.row.state === 'lapsed' && amount > 0) return commitLate(deps, reservation, amount)
  const settlement = settlementOf(reservation)
  return {
    ...settlement,
    ...(isReplayed && { replayed: true }),
    ...(settlement.short > 0 && { purchaseUrl: deps.liftLinks.urlFor(reservation) }),
  }
}

export const settledBefore = ({ row }: Reservation): AppError =>
  new AppError('reservation_settled', { state: row.state, ...(row.committed !== null && { committed: row.committed }) })

interface Committing {
  readonly amount: number
  readonly graceSeconds: number
}

async function commitHeld(
  tx: Transaction,
  reservation: Reservation,
  { amount, graceSeconds }: Committing,
): Promise<{ reservation: Reservation; isNoticed: boolean }> {
  const { row, hold, counter } = reservation
  const { subscriptionId, metricId } = row
  const { periodStart } = counter
  const inForce = await limitInForce(
    tx,
    { ...reservation, subscriptionId, periodStart, limitAtEntry: hold.limitAt, partsAtEntry: hold.limitParts },
    { graceSeconds },
  )
  const cap = inForce.limit ?? Number.MAX_SAFE_INTEGER
  const roomFrom = (used: number): number => (inForce.isOpen || inForce.isOver ? Math.max(0, cap - used) : 0)

  const wanted = amount - row.amount
  const hasOthersHeld = counter.held > row.amount
  const used =
    wanted > roomFrom(counter.used) && hasOthersHeld ? await lapseOthers(tx, reservation, amount) : counter.used
  const delta = Math.min(wanted, roomFrom(used))
  const settled = await settle(tx, reservation, { state: 'committed', committed: amount, delta, used, inForce })
  const isMore = delta > 0 && inForce.isOpen && inForce.limit !== null
  const reached = { subscriptionId, metricId, periodStart, used: used + delta, limit: inForce.limit ?? 0 }
  return { reservation: settled, isNoticed: isMore && (await noteThresholds(tx, reached)) }
}

/** Gives back what other expired reservations hold of the counter. Resolves with what is used of it then. */
async function lapseOthers(tx: Transaction, { row, counter }: Reservation, amount: number): Promise<number> {
  // Not held any more, so that it does not lapse itself.
  await tx
    .update(usageReservations)
    .set({ state: 'committed', committed: amount, settledAt: sql`now()` })
    .where(eq(usageReservations.id, row.id))
  await tx.execute(sql`SELECT lapse_holds(ARRAY[${counter.id}::uuid], rialto_now())`)
  const [present] = await tx.select().from(subscriptionUsage).where(eq(subscriptionUsage.id, counter.id))
  if (present === undefined) throw new Error('The counter went away under its lock')
  return present.used
}

async function commitLate(deps: SettlingDeps, reservation: Reservation, amount: number): Promise<LateSettlement> {
  const { row, agentId, userId, metric } = reservation
  const requestId = lateRequestId(row.id)
  const answer = await deps.usage.consume({ agentId, userId, metric, delta: amount, requestId })
  // That id is used for nothing else: it was committed with another amount.
  if (answer.kind === 'fault' && answer.fault === 'request_id_conflict') throw settledBefore(reservation)
  const decision = decisionOf(answer, { metric, purchaseUrl: () => deps.liftLinks.urlFor(reservation) })
  const recorded = decision.allowed ? amount : 0
  return { ...decision, reservationId: row.id, state: 'lapsed', recorded, short: amount - recorded }
}
