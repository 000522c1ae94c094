export interface ExitGuard {
  /** There is something to finish: from now on a signal waits for it. */
  arm(): void
  disarm(): void
}

const signals = ['SIGTERM', 'SIGINT'] as const

/** Somebody else’s listener does, and another guard as long as it finishes: it ends the process in its turn. */
const decides = (listener: object): boolean => !('isFinishing' in listener) || listener.isFinishing === true

/**
 * Lets a process that is told to end finish first. While it is not armed, nothing of it is in the way. Whoever else listens
 * decides about the end as before; where nobody does, the signal does its work afterwards. A second signal ends at once.
 */
export function createExitGuard(finish: () => Promise<void>): ExitGuard {
  const end = (signal: NodeJS.Signals): void => {
    onSignal.isFinishing = false
    if (process.listeners(signal).some((listener) => listener !== onSignal && decides(listener))) return
    disarm()
    process.kill(process.pid, signal)
  }
  const onSignal = Object.assign(
    (signal: NodeJS.Signals): void => {
      if (onSignal.isFinishing) {
        disarm()
        end(signal)
        return
      }
      onSignal.isFinishing = true
      // Whoever waited for an answer hears it first.
      void finish().then(() => setImmediate(end, signal))
    },
    { isFinishing: false },
  )
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
