// Webhooks on the way that events really take, from the signed body to what is done about them, in any order that a test likes:
// only the queue between taking in and processing is the test's own, and so is the moment.
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { Stripe } from 'stripe'
import type { Deps } from '#src/deps.ts'
import { finishAddons } from '#src/features/billing/addons/finish-addons.ts'
import { finishChanges } from '#src/features/billing/changes/open-changes.ts'
import { eventHandlers } from '#src/features/billing/events/handlers.ts'
import { processEvent } from '#src/features/billing/events/process-event.ts'
import { takeIn } from '#src/features/billing/events/take-in.ts'
import { moveVersions } from '#src/features/billing/changes/version-moves.ts'
import { ingestMissedEvents } from '#src/features/billing/index.ts'
import { sweep } from '#src/features/billing/reconcile/sweep.ts'
import { finishRefunds } from '#src/features/billing/refunds/finish-refunds.ts'

export interface Disorder {
  /** From 0 up to, and not with, 1. */
  readonly random: () => number
  /** Shares. */
  readonly duplicated?: number
  readonly dropped?: number
  readonly isShuffled?: boolean
}

export interface Webhooks {
  /** What Stripe has to tell and has not told yet, oldest first, as it would be posted. */
  pending(): Promise<string[]>
  /** Takes bodies in and processes them, `atOnce` at the same time. */
  deliver(bodies: readonly string[], atOnce?: number): Promise<void>
  /** What is pending, as a network brings it. */
  deliverPending(disorder?: Disorder): Promise<void>
  /** What the clock does each hour, also about what was begun a moment ago. */
  sweep(): Promise<void>
  /** What was logged about something that could not be done. */
  readonly failures: string[]
}

const attemptsMax = 3

export function createWebhooks(billing: Deps): Webhooks {
  const queue: string[] = []
  const failures: string[] = []
  const boss = { send: async (_: string, { id }: { id: string }) => void queue.push(id) }
  const sink = new Writable({ write: (line: Buffer, _, done) => done(void failures.push(line.toString())) })
  const jobs = { ...billing.jobs, boss: boss as unknown as Deps['jobs']['boss'] }
  const deps: Deps = { ...billing, jobs, log: pino({ level: 'warn' }, sink) }
  const handlers = eventHandlers(deps)
  let seen = 0

  const pending: Webhooks['pending'] = async () => {
    const { rows } = await deps.pool.query<{ seq: string; body: string }>(
      `SELECT seq, doc::text AS body FROM stripe_sandbox.objects WHERE kind = 'event' AND seq > $1 ORDER BY seq`,
      [seen],
    )
    seen = Number(rows.at(-1)?.seq ?? seen)
    return rows.map(({ body }) => body)
  }
  const receive = async (body: string): Promise<void> => {
    const { webhookSecret: secret } = deps.payments
    const signature = await Stripe.webhooks.generateTestHeaderStringAsync({ payload: body, secret })
    await takeIn(deps, { body: Buffer.from(body), signature })
  }
  const process = async (id: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await processEvent(deps, { handlers, id })
      if (result.kind === 'done' || attempt === attemptsMax) return
    }
  }
  const deliver: Webhooks['deliver'] = async (bodies, atOnce = 1) => {
    for (let from = 0; from < bodies.length; from += atOnce) {
      await Promise.all(bodies.slice(from, from + atOnce).map(receive))
      await Promise.all(queue.splice(0).map(process))
    }
  }
  return {
    pending,
    deliver,
    deliverPending: async (disorder) => deliver(disordered(await pending(), disorder)),
    sweep: async () => {
      await deps.pool.query(
        `UPDATE billing_intents SET created_at = created_at - interval '1 hour' WHERE state = 'open'`,
      )
      await ingestMissedEvents({ ...deps, log: billing.log })
      for (const id of queue.splice(0)) await process(id)
      await finishChanges(deps)
      await finishAddons(deps)
      await finishRefunds(deps)
      await moveVersions(deps)
      await sweep(deps, { settledSeconds: 0 })
    },
    failures,
  }
}

/** Bodies as a network brings them: some twice, some never, in any order. */
export function disordered(bodies: readonly string[], disorder?: Disorder): string[] {
  if (disorder === undefined) return [...bodies]
  const { random, duplicated = 0, dropped = 0, isShuffled = false } = disorder
  const sent = bodies.flatMap((body) => (random() < dropped ? [] : random() < duplicated ? [body, body] : [body]))
  return isShuffled ? shuffled(sent, random) : sent
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ item }) => item)
}

/** The same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
