// Where concurrent requests become few statements. One engine per process; any number of processes beside each other.
import type { UsageAnswer, UsageEvent, UsageQuestion } from './events.ts'
import { createConsumer } from './consumer.ts'
import { createChecker } from './checker.ts'
import type { Denied } from './denials.ts'
import { createGate } from './gate.ts'
import { createQueueLimits } from './queue-limits.ts'
import type { QueueLimits } from './queue-limits.ts'
import type { UsageDatabase } from './statements.ts'

export interface UsageEngine {
  /**
   * Decides and records. The answer is durable when it is there: ledger, idempotency key and counter are committed. The same id
   * may be sent any number of times.
   *
   * Throws AppError `rate_limited` when the agent has filled its share of the queue, `unavailable` when all of it is full, and
   * what the driver throws when the database is away: then it is not known whether it was recorded, and sending it again is
   * safe.
   */
  consume(event: UsageEvent): Promise<UsageAnswer>
  /** The same decision with nothing recorded. Throws like consume. */
  check(question: UsageQuestion): Promise<UsageAnswer>
  /**
   * Runs other work of an agent that changes what was counted (settling, refunding) under the same limits, a few at once. Throws
   * like consume, or what the work throws.
   */
  settle<T>(agentId: string, work: () => Promise<T>): Promise<T>
  /** Waits for what is under way. */
  idle(): Promise<void>
}

interface UsageEngineParts extends UsageDatabase {
  /** A threshold was reached: there is a notice to send. */
  readonly onNotice: () => void
  /** Somebody who subscribed was told no. */
  readonly onDenied?: (denied: Denied) => void
  readonly limits?: QueueLimits
}

/** The job that sends what thresholds gave notice of. */
export const noticesJob = 'usage-send-notices'

/** Statements that count under way at once: each keeps a core of the database busy. */
const statementsMax = 4
/** Transactions that settle or refund, each with a connection of its own; one agent has at most half of them. */
const settlingMax = 4

export function createUsageEngine({
  pool,
  graceMs,
  onNotice,
  onDenied = () => {},
  limits,
}: UsageEngineParts): UsageEngine {
  const database = { pool, graceMs }
  const queue = createQueueLimits(limits)
  const consumer = createConsumer({ database, statementsMax, onNotice, onDenied })
  const checker = createChecker({ database })
  const gate = createGate({ runningMax: settlingMax, ownMax: settlingMax / 2 })
  return {
    consume: (event) => queue.admit(event.agentId, () => consumer.consume(event)),
    check: (question) => queue.admit(question.agentId, () => checker.check(question)),
    settle: (agentId, work) => queue.admit(agentId, () => gate.run(agentId, work)),
    idle: async () => {
      await consumer.idle()
      await checker.idle()
    },
  }
}

export type { DenialReason, LimitParts, Meter, UsageAnswer, UsageEvent, UsageFault, UsageQuestion } from './events.ts'
export { createDenialCounter } from './denials.ts'
export type { DenialCounter } from './denials.ts'
export { createLiftLinks } from './lift-links.ts'
export type { LiftLinks, LiftSubject } from './lift-links.ts'
