/** Handles some of the queue's oldest work at once. Never rejects: whatever happens is told to each waiting caller. */
export type Work<T> = (items: T[]) => Promise<void>

interface LaneOptions<T> {
  readonly work: Work<T>
  /** Items handled at once. */
  readonly batchMax: number
}

export interface Lane<T> {
  readonly length: number
  push(item: T): void
  /** Resolves when all that waits or runs now is done. */
  idle(): Promise<void>
}

/**
 * One batch at a time, without a timer: an idle lane starts at once, and what arrives meanwhile is the next batch. So a single
 * request waits for nobody, and many share one statement and one flush of the log.
 */
export function createLane<T>({ work, batchMax }: LaneOptions<T>): Lane<T> {
  const queue: T[] = []
  let running: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    // What else has arrived in this turn of the event loop goes along.
    await new Promise(setImmediate)
    while (queue.length > 0) await work(queue.splice(0, batchMax))
    running = undefined
  }

  return {
    get length() {
      return queue.length
    },
    push: (item) => {
      queue.push(item)
      running ??= drain()
    },
    idle: async () => running,
  }
}
