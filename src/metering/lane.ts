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
  /** Batches under way at once. Left out: one. */
  readonly batchesMax?: number
  /** What may not be in two batches at once: items of one key keep their order and wait for nobody outside of theirs. */
  readonly keyOf?: (item: T) => string
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
 * What makes another batch beside a running one worth its own cost: with less waiting it is cheaper to share, with more the
 * database would wait for us (measured with 64 callers on two cores: 1.45 times pgbench at 128, 1.69 at 32).
 */
const besideMin = 32

/**
 * Batches without a timer: an idle lane starts at once, and what arrives meanwhile is the next batch. So a single request waits
 * for nobody, and many share one statement and one flush of the log.
 */
export function createLane<T extends Queued>(options: LaneOptions<T>): Lane<T> {
  const { work, onLate, batchMax, batchesMax = 1, keyOf = () => '' } = options
  const worthMin = Math.min(Math.ceil(batchMax / 2), besideMin)
  const workers = new Set<Promise<void>>()
  /** Workers that will look at the queue again; counted at once, where a promise is settled only later. */
  let running = 0
  const busy = new Set<string>()
  let queue: T[] = []

  const start = (): void => {
    running++
    const worker = drain().finally(() => workers.delete(worker))
    workers.add(worker)
  }

  const drain = async (): Promise<void> => {
    // What else has arrived in this turn of the event loop goes along.
    await new Promise(setImmediate)
    for (let items = take(); items.length > 0; items = take()) {
      const keys = batchesMax > 1 ? items.map(keyOf) : []
      for (const key of keys) busy.add(key)
      const inTime = refuseLate(items)
      if (inTime.length > 0) await work(inTime)
      for (const key of keys) busy.delete(key)
      if (running > 1 && queue.length < worthMin) break
    }
    running--
  }

  /** The oldest that no running batch stands in the way of. */
  const take = (): T[] => {
    if (busy.size === 0) return queue.splice(0, batchMax)
    const taken: T[] = []
    const left: T[] = []
    for (const item of queue) {
      const isFree = taken.length < batchMax && !busy.has(keyOf(item))
      if (isFree) taken.push(item)
      else left.push(item)
    }
    queue = left
    return taken
  }

  const refuseLate = (items: T[]): T[] => {
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
      // Looked at once for each such number that has gathered: what waits may all be for busy keys.
      const isWorth = running < batchesMax && queue.length % worthMin === 0
      if (running === 0 || isWorth) start()
    },
    idle: async () => void (await Promise.all(workers)),
  }
}
