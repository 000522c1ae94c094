import type { Transport } from './transport.ts'
import type { Denied, MeterState } from './usage.ts'

/** How a reservation ended, and where the counter stood then. */
export type Settlement = MeterState & {
  readonly reservationId: string
  readonly subscriptionId: string | null
  /** `lapsed`: it had ended by itself. A commit is then a new use, and `recorded` says whether it fitted. */
  readonly state: 'committed' | 'released' | 'lapsed'
  /** Units of it that count. */
  readonly recorded: number
  /** Units of the commit that did not fit any more. */
  readonly short: number
  readonly replayed?: true
  /** Where the person can lift the limit, when something did not fit. */
  readonly purchaseUrl?: string
}

interface Held {
  readonly allowed: true
  readonly subscriptionId: string
  /** Also the ledger's entry that holds the units. */
  readonly reservationId: string
  readonly amount: number
  /** From then on the units may be given to others. */
  readonly expiresAt: string
  /** `held`, unless this id was answered before. */
  readonly state: 'held' | Settlement['state']
  readonly replayed?: true
  /**
   * Settles for what the work really took; above what was held, the rest is taken as far as it fits. Once lapsed it is a new use.
   * The same amount again is answered the same; rejects with `reservation_settled` when it was settled another way.
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
  const settle = async (verb: 'commit' | 'release', body?: object): Promise<Settlement> => {
    isSettled = true
    const path = `/reservations/${answer.reservationId}/${verb}`
    // What the API answers has the shape that its OpenAPI document says.
    return (await transport({ method: 'POST', path, ...(body && { body: JSON.stringify(body) }) })) as Settlement
  }
  const release = () => settle('release')
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
