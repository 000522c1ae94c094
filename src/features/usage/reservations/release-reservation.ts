import type { AccessToken } from '#src/identity/index.ts'
import { requireBackend } from '../caller.ts'
import { graceSecondsOf, limitInForce } from '../limit-in-force.ts'
import { settleInTransaction } from '../transaction.ts'
import { settledBefore } from './commit-reservation.ts'
import type { SettlingDeps } from './commit-reservation.ts'
import { lockReservation } from './reservation.ts'
import { settle, settlementOf } from './settlement.ts'
import type { Settlement } from './settlement.ts'

/**
 * Gives back all that a reservation holds. Releasing again, or once it has lapsed, changes nothing. Throws `not_found`, also for
 * another agent's; `reservation_settled` when it was committed.
 */
export async function releaseReservation(
  deps: SettlingDeps,
  token: AccessToken,
  reservationId: string,
): Promise<Settlement> {
  const { agentId } = requireBackend(token)
  const graceSeconds = graceSecondsOf(deps.config)
  return deps.usage.settle(agentId, () =>
    settleInTransaction(deps.db, async (tx) => {
      const found = await lockReservation(tx, { agentId, reservationId })
      const { row, hold, counter } = found
      if (row.state === 'committed' || found.isCommittedLate) throw settledBefore(found)
      if (row.state === 'released') return { ...settlementOf(found), replayed: true as const }
      if (row.state === 'lapsed') return settlementOf(found)
      const { subscriptionId } = row
      const { periodStart } = counter
      const inForce = await limitInForce(
        tx,
        { ...found, subscriptionId, periodStart, limitAtEntry: hold.limitAt, partsAtEntry: hold.limitParts },
        { graceSeconds },
      )
      const ending = { state: 'released', committed: null, delta: -row.amount, used: counter.used, inForce } as const
      return settlementOf(await settle(tx, found, ending))
    }),
  )
}
