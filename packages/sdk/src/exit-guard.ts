export interface ExitGuard {
  /** There is something to finish: from now on a signal waits for it. */
  arm(): void
  disarm(): void
}

const signals = ['SIGTERM', 'SIGINT'] as const

/**
 * Lets a process that is told to end finish first. While it is not armed, nothing of it is in the way. Whoever else listens
 * decides about the end as before; where nobody does, the signal does its work afterwards. A second signal ends at once.
 */
export function createExitGuard(finish: () => Promise<void>): ExitGuard {
  const onSignal = (signal: NodeJS.Signals): void => {
    disarm()
    const end = () => {
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    }
    // Whoever waited for an answer hears it first.
    void finish().then(() => setImmediate(end))
  }
  const disarm = (): void => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  return {
    arm: () => {
      for (const signal of signals) process.on(signal, onSignal)
    },
    disarm,
  }
}
