import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { installation } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { claimEnvironment } from '#src/features/billing/index.ts'
import type { Disorder, Sandbox } from '#src/integrations/stripe/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { deliverDue } from '../delivery/deliver-due.ts'
import { businessTime } from './read-clock.ts'
import { afterStep, furthestFrom, yearsMax } from './target.ts'
import type { ClockTarget } from './target.ts'

type ClockDeps = Pick<Deps, 'baseUrl' | 'db' | 'payments'>

/** What the network does to the webhooks of this go. */
export interface WebhookDisorder {
  readonly isTwice: boolean
  readonly isShuffled: boolean
  readonly isDelayed: boolean
}

export interface AdvanceClock {
  readonly operatorId: string
  readonly target: ClockTarget
  readonly disorder: WebhookDisorder
}

export interface ClockAdvance {
  readonly from: string
  readonly to: string
  /** Things that time did at Stripe: renewals, ends of trials, attempts to collect, and so on. */
  readonly happened: number
  readonly delivered: number
  /** Still on their way: put off, or not taken and tried again. */
  readonly undelivered: number
}

/** A request should be answered well before anybody gives it up; what is left is delivered afterwards. */
const deliverMsMax = 20_000
const delaySecondsMax = 60

/**
 * Moves the business clock forward, lets happen at Stripe what is due by then, and delivers the webhooks of it. Throws
 * `not_found` where payments are real, `invalid_request` for a moment that isn't ahead or too far, and `conflict` if nothing
 * is due.
 */
export async function advanceClock(
  deps: ClockDeps,
  { operatorId, target, disorder }: AdvanceClock,
): Promise<ClockAdvance> {
  const { sandbox } = deps.payments
  if (sandbox === undefined) throw new AppError('not_found')
  await claimEnvironment(deps)
  // In turn: what is asked of the webhooks of this go must not be undone by the process's own delivery.
  return sandbox.inTurn(async () => {
    const { now } = await businessTime(deps.db)
    const goal = await goalOf(sandbox, { now, target })
    const { from, to } = await moveClock(deps, { goal, operatorId })
    const happened = await sandbox.advance()
    const untilMs = Date.now() + deliverMsMax
    const { delivered } = await deliverDue(deps, { sandbox, disorder: disorderOf(disorder), untilMs })
    return { from, to, happened, delivered, undelivered: await sandbox.countUndelivered() }
  })
}

async function goalOf(sandbox: Sandbox, { now, target }: { now: Date; target: ClockTarget }): Promise<Date> {
  switch (target.kind) {
    case 'step':
      return afterStep(now, target.step)
    case 'moment':
      if (target.at <= now) throw badMoment(`must be after ${now.toISOString()}: the clock goes forward only`)
      if (target.at > furthestFrom(now)) throw badMoment(`must be at most ${yearsMax} years ahead`)
      return target.at
    case 'next_due': {
      const next = await sandbox.nextDueAt()
      if (next === undefined) throw new AppError('conflict', { detail: 'Nothing is due.' })
      return next
    }
  }
}

const badMoment = (message: string): AppError =>
  new AppError('invalid_request', { errors: [{ in: 'json', path: 'to', message }] })

/** Counted under the row's lock: who asks for the same moment at once moves the clock once. */
const moveClock = (
  { db }: ClockDeps,
  { goal, operatorId }: { goal: Date; operatorId: string },
): Promise<{ from: string; to: string }> =>
  db.transaction(async (tx) => {
    await tx.select({ id: installation.id }).from(installation).for('update')
    const from = (await businessTime(tx)).now
    const ahead = sql`greatest(0, ceil(extract(epoch FROM ${goal.toISOString()}::timestamptz - rialto_now()) * 1000))::bigint`
    await tx
      .update(installation)
      .set({ clockOffsetMs: sql`${installation.clockOffsetMs} + ${ahead}` })
      .where(sql`${installation.environment} = 'sandbox'`)
    const { now, offsetMs } = await businessTime(tx)
    const moved = { from: from.toISOString(), to: now.toISOString() }
    await recordAudit(tx, {
      userId: operatorId,
      action: 'sandbox.advance_clock',
      resource: 'installation',
      metadata: { ...moved, offsetMs },
    })
    return moved
  })

function disorderOf({ isTwice, isShuffled, isDelayed }: WebhookDisorder): Disorder | undefined {
  if (!isTwice && !isShuffled && !isDelayed) return undefined
  return {
    random: Math.random,
    isShuffled,
    ...(isTwice && { duplicated: 1 }),
    ...(isDelayed && { delaySecondsMax }),
  }
}
