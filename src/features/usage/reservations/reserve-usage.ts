import { eq } from 'drizzle-orm'
import { usageReservations } from '#src/db/schema/index.ts'
import type { AccessToken } from '#src/identity/index.ts'
import { callerOf, requireBackend } from '../caller.ts'
import { decisionOf } from '../decision.ts'
import type { Decision } from '../decision.ts'
import type { ReservationRequest } from '../schema.ts'
import type { SettlingDeps } from './commit-reservation.ts'
import type { ReservationState } from './reservation.ts'

export interface Held {
  /** That of the entry that holds the units. */
  readonly reservationId: string
  readonly amount: number
  readonly expiresAt: string
  /** As it is now: `held`, unless this id was answered before. */
  readonly state: ReservationState
}

/** Holds units before costly work, if they are free. A denial holds nothing. Throws as reporting does. */
export async function reserveUsage(
  deps: SettlingDeps,
  token: AccessToken,
  request: ReservationRequest,
): Promise<Decision | (Decision & Held)> {
  const { clientReqId: requestId, metric, amount: delta, ttlSeconds, metadata } = request
  requireBackend(token)
  const caller = callerOf(token, { userId: request.userId, delta })
  const event = { ...caller, metric, delta, requestId, ttlSeconds, metadata: metadata && JSON.stringify(metadata) }
  const answer = await deps.usage.consume(event)
  const decision = decisionOf(answer, { metric, purchaseUrl: () => deps.liftLinks.urlFor({ ...caller, metric }) })
  if (decision.entryId === undefined) return decision
  const [row] = await deps.db.select().from(usageReservations).where(eq(usageReservations.id, decision.entryId))
  if (row === undefined) throw new Error('A reservation that was allowed is missing')
  const { id: reservationId, amount, expiresAt, state } = row
  return { ...decision, reservationId, amount, expiresAt: expiresAt.toISOString(), state }
}
