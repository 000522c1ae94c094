import type { Transport } from './transport.ts'
import type { Denied, MeterState } from './usage.ts'

/** How a reservation ended. */
export type Settlement = MeterState & {
  readonly reservationId: string
  readonly state: 'committed' | 'released' | 'lapsed'
  /** Units that count now. */
  readonly recorded: number
  /** Units of the commit that did not fit any more, or 0. */
  readonly short: number
}

interface Held {
  readonly allowed: true
  readonly subscriptionId: string
  /** The ledger's entry, and the reservation's id. */
  readonly entryId: string
  readonly amount: number
  readonly expiresAt: string
  /**
   * Settles for what the work really took, also above what was held as far as that fits. Once lapsed it is a new use. The same
   * amount again is answered the same; rejects with `reservation_settled` when it was settled another way.
   */
  commit(amount: number): Promise<Settlement>
  /** Gives all of it back. */
  release(): Promise<Settlement>
}

/** Units held before costly work, or the denial. With `await using`, what was not settled is released at the block's end. */
export type Reservation = ((MeterState & Held) | Denied) & AsyncDisposable

export type ReservationAnswer = (MeterState & Omit<Held, 'commit' | 'release'>) | Denied

export function reservationOf(answer: ReservationAnswer, transport: Transport): Reservation {
  if (!answer.allowed) return { ...answer, [Symbol.asyncDispose]: async () => {} }
  // Also while it is under way: a commit that got no answer may have counted.
  let isSettled = false
  const settle = async (verb: 'commit' | 'release', body: object): Promise<Settlement> => {
    isSettled = true
    const path = `/reservations/${answer.entryId}/${verb}`
    // What the API answers is the API's to keep; the types say it once, in usage.ts.
    return (await transport({ method: 'POST', path, body: JSON.stringify(body) })) as Settlement
  }
  const release = () => settle('release', {})
  return {
    ...answer,
    commit: (amount) => settle('commit', { amount }),
    release,
    [Symbol.asyncDispose]: async () => {
      // What can't be released now gives itself back at its time.
      if (!isSettled) await release().catch(() => undefined)
    },
  }
}
