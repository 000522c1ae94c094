import { AppError } from '#src/lib/errors.ts'
import { isDatabaseUnavailable, isStatementTimeout } from '#src/db/errors.ts'
import type { Denied } from './denials.ts'
import type { UsageAnswer, UsageEvent } from './events.ts'
import { createHeldKeys } from './held-keys.ts'
import { keyName } from './keys.ts'
import { createLane } from './lane.ts'
import { consume, findHeldUp, openCounters } from './statements.ts'
import type { EventOutcome, UsageDatabase } from './statements.ts'

interface Waiting {
  readonly event: UsageEvent
  readonly resolve: (answer: UsageAnswer) => void
  readonly reject: (error: unknown) => void
  readonly since: number
  /** Of its counter. */
  readonly key: string
  /** How often it was told to come again. */
  rounds: number
}

interface ConsumerParts {
  readonly database: UsageDatabase
  /** Statements under way at once. */
  readonly statementsMax: number
  readonly onNotice: () => void
  readonly onDenied: (denied: Denied) => void
}

export interface Consumer {
  consume(event: UsageEvent): Promise<UsageAnswer>
  idle(): Promise<void>
}

/** Past this a statement's own work outweighs what sharing its commit saves. */
const batchMax = 256
/** Of what waits for counters that others hold: a statement each few seconds, so it takes more. */
const heldBatchMax = 1_024
/** A counter that is missing or has changed is settled in one or two; more means that somebody keeps changing it. */
const roundsMax = 8
/** Of one batch, as a whole, before it is split. */
const attemptsMax = 4

/**
 * Two processes used one id at the same time, or waited for each other, or what was counted for has just been deleted: nothing
 * was written, and again there is an answer.
 */
const collisions = new Set(['23505', '23503', '40P01', '40001'])

export function createConsumer({ database, statementsMax, onNotice, onDenied }: ConsumerParts): Consumer {
  // A counter is in one statement at a time, so that within this process none waits for another's lock.
  const keyOf = ({ key }: Waiting): string => key
  const lane = createLane<Waiting>({ work: settleFree, onLate, batchMax, batchesMax: statementsMax, keyOf })
  const heldLane = createLane<Waiting>({ work: settle, onLate, batchMax: heldBatchMax })
  const heldKeys = createHeldKeys()
  const underWay = new Map<string, Promise<unknown>>()

  /** What would wait for somebody does so in a lane of its own, where it keeps nobody else waiting. */
  async function settleFree(batch: readonly Waiting[]): Promise<void> {
    const free = batch.filter((waiting) => {
      if (!heldKeys.has(waiting.event)) return true
      heldLane.push(waiting)
      return false
    })
    await settle(free)
  }

  /** Tells each its answer, or that it has to come again, which it then does at once. */
  async function settle(batch: readonly Waiting[]): Promise<void> {
    let left = batch
    while (left.length > 0) left = await attempt(left)
  }

  /** Resolves with those that have to come again. */
  async function attempt(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    let left = batch
    try {
      const outcomes = await write(batch.map(({ event }) => event))
      left = batch.filter((waiting, place) => !answer(waiting, outcomes[place]))
      heldKeys.release(batch.flatMap(({ event }, place) => (isAnswered(outcomes[place]) ? [event] : [])))
      const unopened = batch.filter((waiting, place) => outcomes[place] === 'unopened' && left.includes(waiting))
      if (unopened.length > 0) await openFor(unopened.map(({ event }) => event))
      return left
    } catch (error) {
      return await divide(left, error).catch((failure: unknown) => refuse(left, failure))
    }
  }

  /**
   * One bad event may not fail its neighbours. Where somebody holds a counter, those who wait for it fail and the others go
   * on; else halves are tried by themselves, down to the one that it is.
   */
  async function divide(batch: readonly Waiting[], error: unknown): Promise<readonly Waiting[]> {
    if (isDatabaseUnavailable(error)) return refuse(batch, error)
    if (isStatementTimeout(error)) {
      const heldUp = await findHeldUp(
        database,
        batch.map(({ event }) => event),
      )
      if (heldUp.size > 0) {
        const waiting = batch.filter((_, place) => heldUp.has(place))
        heldKeys.add(waiting.map(({ event }) => event))
        refuse(waiting, new AppError('timeout'))
        return batch.filter((_, place) => !heldUp.has(place))
      }
    }
    if (batch.length === 1) return refuse(batch, isStatementTimeout(error) ? new AppError('timeout') : error)
    const middle = Math.ceil(batch.length / 2)
    await settle(batch.slice(0, middle))
    await settle(batch.slice(middle))
    return []
  }

  async function write(events: readonly UsageEvent[]): Promise<readonly EventOutcome[]> {
    for (let attempts = 1; ; attempts++) {
      try {
        const { outcomes, isNoticed } = await consume(database, events)
        if (isNoticed) onNotice()
        tellDenied(events, outcomes)
        return outcomes
      } catch (error) {
        if (attempts >= attemptsMax || !isCollision(error)) throw error
      }
    }
  }

  function tellDenied(events: readonly UsageEvent[], outcomes: readonly EventOutcome[]): void {
    for (const [place, outcome] of outcomes.entries()) {
      if (typeof outcome === 'string' || outcome.kind !== 'denied' || outcome.meter === undefined) continue
      onDenied({ subscriptionId: outcome.meter.subscriptionId, metric: events[place]?.metric ?? '' })
    }
  }

  async function openFor(events: readonly UsageEvent[]): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await openCounters(database, events)
      } catch (error) {
        if (attempts >= attemptsMax || !isCollision(error)) throw error
      }
    }
  }

  const enqueue = (event: UsageEvent): Promise<UsageAnswer> =>
    new Promise((resolve, reject) => {
      lane.push({ event, resolve, reject, since: performance.now(), key: keyName(event), rounds: 0 })
    })

  return {
    consume: async (event) => {
      // One statement can't hold an id twice: the second waits for the first, and is then told what it was told.
      for (let before = underWay.get(event.requestId); before !== undefined; before = underWay.get(event.requestId)) {
        await before.catch(() => undefined)
      }
      const answered = enqueue(event)
      underWay.set(event.requestId, answered)
      try {
        return await answered
      } finally {
        underWay.delete(event.requestId)
      }
    },
    idle: async () => {
      await lane.idle()
      await heldLane.idle()
    },
  }
}

const onLate = ({ reject }: Waiting): void => reject(new AppError('unavailable'))

/** Leaves nobody to come again. */
function refuse(batch: readonly Waiting[], error: unknown): readonly Waiting[] {
  for (const { reject } of batch) reject(error)
  return []
}

const isAnswered = (outcome: EventOutcome | undefined): boolean => typeof outcome === 'object'

/** Whether it has its answer now. */
function answer(waiting: Waiting, outcome: EventOutcome | undefined): boolean {
  if (outcome === undefined) throw new Error('The database left an event without an answer')
  if (outcome !== 'again' && outcome !== 'unopened') {
    waiting.resolve(outcome)
    return true
  }
  waiting.rounds++
  if (waiting.rounds < roundsMax) return false
  waiting.reject(new AppError('unavailable'))
  return true
}

function isCollision(error: unknown): boolean {
  return error instanceof Error && collisions.has(String((error as { code?: unknown }).code))
}
