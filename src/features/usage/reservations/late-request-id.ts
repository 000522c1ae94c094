import { createHash } from 'node:crypto'

/**
 * The id under which a commit counts that comes after its reservation has lapsed: derived, so that it counts once. Of a version
 * (0) that no caller can send.
 */
export function lateRequestId(reservationId: string): string {
  const hex = createHash('sha256').update(`rialto:late-commit:${reservationId}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0${hex.slice(13, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
