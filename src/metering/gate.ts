export interface Gate {
  /** Runs the work as soon as there is room, in the order of asking. Rejects with what the work rejects with. */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** Lets only so many run at once: each of them holds a connection. What waits is bounded by whoever asks. */
export function createGate(runningMax: number): Gate {
  let running = 0
  const waiting: (() => void)[] = []

  const enter = async (): Promise<void> => {
    if (running < runningMax) running++
    // Whoever leaves hands over the place, so it stays taken.
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }

  return {
    run: async (work) => {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
