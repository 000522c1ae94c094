import type { usageLedger } from '#src/db/schema/index.ts'

type Entry = typeof usageLedger.$inferSelect

export interface AdjustUsage {
  readonly subscriptionId: string
  /** Slug. */
  readonly metric: string
  /** Units, never 0; negative where an entry is taken back. */
  readonly delta: number
  /** Of a counter: the entry of the ledger that counted too much. Left out: the present period's counter, or the level, as a whole. */
  readonly entryId?: string | undefined
  /** A UUID of the caller's: adjusting again with it changes nothing. */
  readonly clientReqId: string
  readonly operatorId: string
  /** For the audit trail; agents and buyers, who read the ledger, don't see it. */
  readonly reason: string
  /** Nothing stays; the answer says what would be. */
  readonly isPreview: boolean
}

/** The counter that is adjusted, locked, and what its entry says besides. */
export interface Target extends Pick<Entry, 'eventType' | 'limitAt' | 'limitParts' | 'periodStart'> {
  readonly counterId: string
  /** The counter's. */
  readonly subscriptionId: string
  readonly used: number
  /** How much of it reservations hold. */
  readonly held: number
}
