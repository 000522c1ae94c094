import { isDatabaseUnavailable, isStatementTimeout } from '#src/db/errors.ts'
import { AppError } from '#src/lib/errors.ts'
import type { UsageAnswer, UsageQuestion } from './events.ts'
import { createLane } from './lane.ts'
import { check } from './statements.ts'
import type { UsageDatabase } from './statements.ts'

interface Waiting {
  readonly question: UsageQuestion
  readonly resolve: (answer: UsageAnswer) => void
  readonly reject: (error: unknown) => void
  readonly since: number
}

export interface Checker {
  check(question: UsageQuestion): Promise<UsageAnswer>
  idle(): Promise<void>
}

const batchMax = 256

const onLate = ({ reject }: Waiting): void => reject(new AppError('unavailable'))

/** Questions share statements like events do, on a connection of their own: nothing is remembered, so answers stay exact. */
export function createChecker({ database }: { readonly database: UsageDatabase }): Checker {
  const lane = createLane<Waiting>({ work: settle, onLate, batchMax })

  async function settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await check(
        database,
        batch.map(({ question }) => question),
      )
      for (const [place, { resolve }] of batch.entries()) resolve(answers[place] as UsageAnswer)
    } catch (error) {
      // Asking waits for nobody's lock, so a statement that takes too long does so for all.
      if (batch.length === 1 || isDatabaseUnavailable(error) || isStatementTimeout(error)) {
        for (const { reject } of batch) reject(error)
        return
      }
      const middle = Math.ceil(batch.length / 2)
      await settle(batch.slice(0, middle))
      await settle(batch.slice(middle))
    }
  }

  return {
    check: (question) =>
      new Promise((resolve, reject) => lane.push({ question, resolve, reject, since: performance.now() })),
    idle: () => lane.idle(),
  }
}
