import type { UsageEvent } from './events.ts'
import { keyName } from './keys.ts'

/** Counters that somebody has held for longer than anybody waits: an operator's open transaction, a process that hangs. */
export interface HeldKeys {
  has(event: UsageEvent): boolean
  add(events: readonly UsageEvent[]): void
  /** Somebody was answered, so it is free again. */
  release(events: readonly UsageEvent[]): void
}

/** Past this the oldest is forgotten, which costs those beside it another wait. */
const keysMax = 1_024

export function createHeldKeys(): HeldKeys {
  const names = new Set<string>()
  return {
    has: (event) => names.size > 0 && names.has(keyName(event)),
    add: (events) => {
      for (const event of events) names.add(keyName(event))
      for (const name of names) {
        if (names.size <= keysMax) break
        names.delete(name)
      }
    },
    release: (events) => {
      if (names.size === 0) return
      for (const event of events) names.delete(keyName(event))
    },
  }
}
