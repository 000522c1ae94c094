// Phases that follow each other at the ends of periods: how a downgrade waits.
import { periodEndOf } from '../due.ts'
import { invalid } from '../errors.ts'
import { mergedMetadata } from '../resources/routes.ts'
import type { Parameters } from '../resources/routes.ts'
import { complete } from '../shapes.ts'
import type { Store } from '../store.ts'
import { addPeriods, periodEndAfter } from '../time.ts'
import type { Doc } from '../vocabulary.ts'
import { changedItems, priceFor } from './items.ts'
import { endSubscription } from './ending.ts'
import { recurrenceOf, rhythmOf } from './proration.ts'

type Schedule = Doc<'subscription_schedule'>
type Phase = Schedule['phases'][number]
type PhaseInput = NonNullable<Parameters<'POST /v1/subscription_schedules/:id'>['phases']>[number]

const phasesMax = 10

export async function scheduleFrom(store: Store, subscription: Doc<'subscription'>): Promise<Schedule> {
  if (subscription.schedule !== null)
    throw invalid('You cannot migrate a subscription that is already attached to a schedule.')
  const [first] = subscription.items.data
  const period = { start_date: first?.current_period_start ?? store.now, end_date: periodEndOf(subscription) }
  const items = subscription.items.data.map(({ price, quantity = 1, metadata }) => ({
    price: price.id,
    quantity,
    metadata,
  }))
  const schedule = store.create('subscription_schedule', {
    billing_mode: { type: 'flexible' },
    current_phase: period,
    customer: subscription.customer,
    default_settings: { billing_cycle_anchor: 'automatic', invoice_settings: { issuer: { type: 'self' } } },
    end_behavior: 'release',
    metadata: {},
    pause_schedules: [],
    phases: [phaseOf(subscription.currency, { ...period, items })],
    status: 'active',
    subscription: subscription.id,
  })
  subscription.schedule = schedule.id
  store.emit('subscription_schedule.created', schedule)
  store.emit('customer.subscription.updated', subscription)
  return schedule
}

interface PhaseParts {
  readonly start_date: number
  readonly end_date: number
  readonly items: { price: string; quantity: number; metadata: Record<string, string> | null }[]
  readonly metadata?: Record<string, string> | undefined
  readonly proration_behavior?: Phase['proration_behavior'] | undefined
}

const phaseOf = (currency: string, { items, ...parts }: PhaseParts): Phase =>
  // `complete` works on whole objects: a phase is read out of one.
  complete('subscription_schedule', {
    ...emptySchedule,
    phases: [
      {
        ...parts,
        add_invoice_items: [],
        currency,
        discounts: [],
        items: items.map((item) => ({ ...item, plan: item.price, discounts: [], tax_rates: [] })),
        metadata: parts.metadata ?? {},
        proration_behavior: parts.proration_behavior ?? 'create_prorations',
      },
    ],
  }).phases[0] as Phase

const emptySchedule = {
  id: '',
  object: 'subscription_schedule' as const,
  billing_mode: { type: 'flexible' as const },
  created: 0,
  customer: '',
  default_settings: {
    billing_cycle_anchor: 'automatic' as const,
    invoice_settings: { issuer: { type: 'self' as const } },
  },
  end_behavior: 'release' as const,
  livemode: false,
  pause_schedules: [],
  status: 'active' as const,
}

/** The first phase is the one under way; each begins where the one before ends. */
export async function setPhases(store: Store, schedule: Schedule, inputs: readonly PhaseInput[]): Promise<void> {
  if (inputs.length === 0 || inputs.length > phasesMax)
    throw invalid(`A schedule has 1 to ${phasesMax} phases.`, { param: 'phases' })
  const current = schedule.current_phase
  const subscription = await store.get('subscription', schedule.subscription ?? '')
  const phases: Phase[] = []
  for (const [position, input] of inputs.entries()) {
    const start = phases.at(-1)?.end_date ?? current?.start_date ?? store.now
    const param = `phases[${position}]`
    if (typeof input.start_date === 'number' && input.start_date !== start) {
      throw invalid(
        position === 0
          ? 'You can not modify the start date of the current phase.'
          : 'A phase must start when the one before ends.',
        { param: `${param}[start_date]` },
      )
    }
    const prices = await Promise.all(input.items.map(({ price }, index) => priceFor(store, price, index)))
    const [price] = prices
    if (!price) throw invalid('A phase must have items.', { param: `${param}[items]` })
    const end =
      typeof input.end_date === 'number'
        ? input.end_date
        : endOf(subscription, price, { start, duration: input.duration })
    if (end <= start)
      throw invalid('The end date of a phase must be after its start date.', { param: `${param}[end_date]` })
    if (position === 0 && end !== periodEndOf(subscription)) {
      throw invalid('The sandbox changes phases at the end of the present period only.', {
        param: `${param}[end_date]`,
      })
    }
    const items = input.items.map(({ quantity, metadata }, index) => ({
      price: prices[index]?.id ?? '',
      quantity: quantity ?? 1,
      metadata: mergedMetadata({}, metadata),
    }))
    phases.push(
      phaseOf(subscription.currency, {
        start_date: start,
        end_date: end,
        items,
        metadata: mergedMetadata({}, input.metadata),
        proration_behavior: input.proration_behavior,
      }),
    )
  }
  schedule.phases = phases
  schedule.current_phase = {
    start_date: phases[0]?.start_date ?? store.now,
    end_date: phases[0]?.end_date ?? store.now,
  }
}

/** A phase of one period ends where that period does, counted from the anchor, whose day it keeps. */
function endOf(
  subscription: Doc<'subscription'>,
  price: Doc<'price'>,
  { start, duration }: { start: number; duration: PhaseInput['duration'] },
): number {
  const rhythm = recurrenceOf(price)
  const isOnePeriod =
    duration === undefined ||
    (duration.interval === rhythm.interval && (duration.interval_count ?? 1) === rhythm.interval_count)
  if (isOnePeriod && rhythmOf([{ price }]) === rhythmOf(subscription.items.data)) {
    return periodEndAfter(subscription.billing_cycle_anchor, rhythm, start)
  }
  return addPeriods(
    start,
    {
      interval: duration?.interval ?? rhythm.interval,
      interval_count: duration?.interval_count ?? rhythm.interval_count,
    },
    1,
  )
}

/** Called when the present phase is over, before the renewal of the same moment, so that it bills the new prices. */
export async function nextPhase(store: Store, schedule: Schedule): Promise<void> {
  const subscription = await store.get('subscription', schedule.subscription ?? '')
  const next = schedule.phases.find(({ start_date: start }) => start === schedule.current_phase?.end_date)
  if (!next) {
    if (schedule.end_behavior === 'cancel') return endSubscription(store, subscription)
    release(store, schedule, subscription)
    store.emit('customer.subscription.updated', subscription)
    return
  }
  const present = subscription.items.data
  const changes = next.items.map(({ price, quantity = 1 }, index) => {
    const id = present[index]?.id
    return id === undefined ? { price, quantity } : { id, price, quantity }
  })
  const surplus = present.slice(next.items.length).map(({ id }) => ({ id, deleted: true }))
  subscription.items.data = await changedItems(store, subscription, [...changes, ...surplus])
  // Another length of period can't be counted from the old anchor.
  if (rhythmOf(present) !== rhythmOf(subscription.items.data)) subscription.billing_cycle_anchor = next.start_date
  schedule.current_phase = { start_date: next.start_date, end_date: next.end_date }
  store.emit('subscription_schedule.updated', schedule)
  store.emit('customer.subscription.updated', subscription)
}

export function release(store: Store, schedule: Schedule, subscription: Doc<'subscription'>): void {
  Object.assign(schedule, {
    status: 'released',
    released_at: store.now,
    released_subscription: subscription.id,
    subscription: null,
    current_phase: null,
  })
  subscription.schedule = null
  store.emit('subscription_schedule.released', schedule)
}
