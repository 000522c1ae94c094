/** Handles some of the queue's oldest work at once. Never rejects: whatever happens is told to each waiting caller. */
export type Work<T> = (items: T[]) => Promise<void>

/** What knows since when it waits (performance.now, milliseconds). */
export interface Queued {
  readonly since: number
}

interface LaneOptions<T> {
  readonly work: Work<T>
  /** Is told of what has waited too long: it is not begun any more. */
  readonly onLate: (item: T) => void
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
 * As long as anybody waits for a connection. When each batch takes seconds, who stands far behind is better off with an error
 * now than with an answer that nobody waits for any more.
 */
const waitMsMax = 5_000

/**
 * One batch at a time, without a timer: an idle lane starts at once, and what arrives meanwhile is the next batch. So a single
 * request waits for nobody, and many share one statement and one flush of the log.
 */
export function createLane<T extends Queued>({ work, onLate, batchMax }: LaneOptions<T>): Lane<T> {
  const queue: T[] = []
  let running: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    // What else has arrived in this turn of the event loop goes along.
    await new Promise(setImmediate)
    while (queue.length > 0) {
      const items = inTime(queue.splice(0, batchMax))
      if (items.length > 0) await work(items)
    }
    running = undefined
  }

  const inTime = (items: T[]): T[] => {
    const earliest = performance.now() - waitMsMax
    // What came first has waited longest, so nearly always nobody is late.
    if ((items[0]?.since ?? 0) >= earliest) return items
    for (const item of items) if (item.since < earliest) onLate(item)
    return items.filter(({ since }) => since >= earliest)
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
