import { AppError } from '#src/lib/errors.ts'

export interface Gate {
  /**
   * Runs the work as soon as there is room: an owner's own in the order of asking, owners in turn. Rejects with what the work rejects
   * with, and with `unavailable`, having run nothing, when it was not its turn in time.
   */
  run<T>(owner: string, work: () => Promise<T>): Promise<T>
}

export interface GateLimits {
  /** Works at once: each of them holds a connection. */
  readonly runningMax: number
  /** Of these, of one owner: what waits for somebody else's lock keeps no other owner from going on. */
  readonly ownMax: number
}

interface Waiting {
  readonly since: number
  readonly enter: () => void
  readonly reject: (error: unknown) => void
}

/** As long as events wait for their statement. */
const waitMsMax = 5_000

/** Lets only so many run at once. What waits is bounded by whoever asks. */
export function createGate({ runningMax, ownMax }: GateLimits): Gate {
  let running = 0
  const runningOf = new Map<string, number>()
  /** By owner; the owner whose turn is next comes first. */
  const queues = new Map<string, Waiting[]>()

  const hasOwnRoom = (owner: string): boolean => (runningOf.get(owner) ?? 0) < ownMax

  const take = (owner: string): void => {
    running++
    runningOf.set(owner, (runningOf.get(owner) ?? 0) + 1)
  }

  const enter = async (owner: string): Promise<void> => {
    if (running < runningMax && hasOwnRoom(owner)) {
      take(owner)
      return
    }
    await new Promise<void>((resolve, reject) => {
      const waiting = { since: performance.now(), enter: resolve, reject }
      const queue = queues.get(owner)
      if (queue === undefined) queues.set(owner, [waiting])
      else queue.push(waiting)
    })
  }

  const leave = (owner: string): void => {
    running--
    const left = (runningOf.get(owner) ?? 1) - 1
    if (left === 0) runningOf.delete(owner)
    else runningOf.set(owner, left)
    // One place was freed, so at most one more fits.
    for (const next of queues.keys()) {
      if (hasOwnRoom(next) && letIn(next)) return
    }
  }

  /** The owner's first that is not too late, if there is one; then it is the others' turn. */
  const letIn = (owner: string): boolean => {
    const queue = queues.get(owner) ?? []
    queues.delete(owner)
    const earliest = performance.now() - waitMsMax
    const inTime = queue.findIndex(({ since }) => since >= earliest)
    for (const { reject } of queue.splice(0, inTime === -1 ? queue.length : inTime)) reject(new AppError('unavailable'))
    const first = queue.shift()
    if (queue.length > 0) queues.set(owner, queue)
    if (first === undefined) return false
    take(owner)
    first.enter()
    return true
  }

  return {
    run: async (owner, work) => {
      await enter(owner)
      try {
        return await work()
      } finally {
        leave(owner)
      }
    },
  }
}
