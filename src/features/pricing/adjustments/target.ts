import type { usageLedger } from '#src/db/schema/index.ts'

type Entry = typeof usageLedger.$inferSelect

/** The counter that is adjusted, locked, and what its entry says besides. */
export interface Target extends Pick<Entry, 'eventType' | 'limitAt' | 'limitParts' | 'periodStart'> {
  readonly counterId: string
  /** The counter's. */
  readonly subscriptionId: string
  readonly used: number
  /** How much of it reservations hold. */
  readonly held: number
}
