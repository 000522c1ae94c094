// Where concurrent requests become few statements. One engine per process; any number of processes beside each other.
import type { UsageAnswer, UsageEvent, UsageQuestion } from './events.ts'
import { createConsumer } from './consumer.ts'
import { createChecker } from './checker.ts'
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
  /** Waits for what is under way. */
  idle(): Promise<void>
}

interface UsageEngineParts extends UsageDatabase {
  /** A threshold was reached: there is a notice to send. */
  readonly onNotice: () => void
  readonly limits?: QueueLimits
}

/** The job that sends what thresholds gave notice of. */
export const noticesJob = 'usage-send-notices'

/** Two connections: more would share batches out without making any of them cheaper. */
const lanes = 2

export function createUsageEngine({ pool, graceMs, onNotice, limits }: UsageEngineParts): UsageEngine {
  const database = { pool, graceMs }
  const queue = createQueueLimits(limits)
  const consumer = createConsumer({ database, lanes, onNotice })
  const checker = createChecker({ database })
  return {
    consume: (event) => queue.admit(event.agentId, () => consumer.consume(event)),
    check: (question) => queue.admit(question.agentId, () => checker.check(question)),
    idle: async () => {
      await consumer.idle()
      await checker.idle()
    },
  }
}

export type { DenialReason, LimitParts, Meter, UsageAnswer, UsageEvent, UsageFault, UsageQuestion } from './events.ts'
export { createLiftLinks } from './lift-links.ts'
export type { LiftLinks, LiftSubject } from './lift-links.ts'
