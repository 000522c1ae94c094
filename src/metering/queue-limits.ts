import { AppError } from '#src/lib/errors.ts'

export interface QueueLimits {
  /** Requests this process holds at once. */
  readonly waitingMax: number
  /** Of these, how many may be of one agent: two full batches. */
  readonly agentWaitingMax: number
}

const standardLimits: QueueLimits = { waitingMax: 8_192, agentWaitingMax: 2_048 }
/** At the rate the database takes them, a full queue is gone by then. */
const retryAfterSeconds = 1

export interface AdmissionQueue {
  /** Runs the work unless too much is waiting. Throws `rate_limited` or `unavailable`, having run nothing. */
  admit<T>(agentId: string, work: () => Promise<T>): Promise<T>
}

/** Bounds what waits, and keeps one greedy agent from filling it: the others still get in when its share is full. */
export function createQueueLimits({ waitingMax, agentWaitingMax }: QueueLimits = standardLimits): AdmissionQueue {
  let waiting = 0
  const waitingOf = new Map<string, number>()

  const leave = (agentId: string): void => {
    waiting--
    const left = (waitingOf.get(agentId) ?? 1) - 1
    if (left === 0) waitingOf.delete(agentId)
    else waitingOf.set(agentId, left)
  }

  return {
    admit: async (agentId, work) => {
      const own = waitingOf.get(agentId) ?? 0
      if (own >= agentWaitingMax) throw new AppError('rate_limited', { retryAfterSeconds })
      if (waiting >= waitingMax) throw new AppError('unavailable', { retryAfterSeconds })
      waiting++
      waitingOf.set(agentId, own + 1)
      try {
        return await work()
      } finally {
        leave(agentId)
      }
    },
  }
}
