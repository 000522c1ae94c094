import type { LatePayment, PresentSubscription } from '#src/features/billing/index.ts'
import { formatMoney } from '../../../ui/money.ts'
import { formatDay } from '../../../ui/time.tsx'
import { owes, statusWords } from './words.ts'

/** What both the overview and a subscription's own page know of it. */
export type Attended = PresentSubscription & { readonly latePayment?: LatePayment | null }

export interface Attention {
  readonly kind: 'payment' | 'suspended' | 'on-hold' | 'needs-card' | 'limit' | 'trial-ends' | 'ends'
  readonly tone: 'bad' | 'warning' | 'info'
  readonly title: string
  readonly text: string
  /** Of which metric the limit is. */
  readonly metric?: string
}

interface Reader {
  /** RFC 3339, by the business clock. */
  readonly now: string
  readonly locale: string
}

/** A trial that ends within these days is worth a word. */
const trialEndsWithinDays = 3

/**
 * What somebody should know or do about a subscription that is not over, the most urgent first. Nothing, where all is as it
 * should be.
 */
export function attentionOf(subscription: Attended, reader: Reader): Attention[] {
  return [
    late(subscription, reader),
    suspended(subscription, reader),
    onHold(subscription),
    withoutCard(subscription),
    ...limitsReached(subscription),
    trialEnding(subscription, reader),
    ending(subscription),
  ].flatMap((attention) => attention ?? [])
}

/** Of several subscriptions: which comes first. */
export const byUrgency = (a: Attention, b: Attention): number => order.indexOf(a.kind) - order.indexOf(b.kind)

const order: readonly Attention['kind'][] = [
  'payment',
  'on-hold',
  'needs-card',
  'limit',
  'trial-ends',
  'suspended',
  'ends',
]

function late(subscription: Attended, { locale }: Reader): Attention | undefined {
  const { label, text, tone } = statusWords(subscription)
  if (!owes(subscription) || text === undefined) return undefined
  const due = subscription.latePayment
  const title = due == null ? label : `${label}: ${formatMoney(due, locale)} is due`
  const why = due?.refusal == null ? '' : ` The bank says: “${due.refusal}”`
  return { kind: 'payment', tone: tone === 'bad' ? 'bad' : 'warning', title, text: text + why }
}

function onHold(subscription: Attended): Attention | undefined {
  const { label, text } = statusWords(subscription)
  const { status, cancelAtPeriodEnd, period } = subscription
  if (status !== 'paused' || text === undefined) return undefined
  const ends = cancelAtPeriodEnd && period !== null ? ` It ends on ${formatDay(period.end)}.` : ''
  return { kind: 'on-hold', tone: 'warning', title: label, text: text + ends }
}

function suspended({ agent, nextCharge }: Attended, { locale }: Reader): Attention | undefined {
  if (!agent.isSuspended) return undefined
  const money =
    nextCharge === null
      ? 'Nothing is charged for it.'
      : `Unless you cancel, ${formatMoney(nextCharge, locale)} is charged on ${formatDay(nextCharge.at)}.`
  return {
    kind: 'suspended',
    tone: 'warning',
    title: `${agent.name} is suspended`,
    text: `The marketplace has stopped it: it can’t be launched or used until it is reinstated. What you have of it is kept. ${money}`,
  }
}

function withoutCard({ needsCard, nextCharge, agent }: Attended): Attention | undefined {
  if (!needsCard || nextCharge === null) return undefined
  return {
    kind: 'needs-card',
    tone: 'warning',
    title: `Without a card it ends on ${formatDay(nextCharge.at)}`,
    text: `Nothing is charged before that day. With a card ${agent.name} goes on.`,
  }
}

/** Where something else stands still, more room would help nobody. */
function limitsReached({ meters, agent, status }: Attended): Attention[] {
  if (agent.isSuspended || (status !== 'active' && status !== 'trialing')) return []
  return meters
    .filter((meter) => isFull(meter))
    .map(({ metric, displayName, used, limit, unit, resetsAt, kind }) => ({
      kind: 'limit',
      metric,
      tone: 'warning',
      title: `${displayName}: limit reached`,
      text: `${used.toLocaleString('en')} of ${(limit ?? 0).toLocaleString('en')} ${unit} are used; ${agent.name} refuses more ${
        resetsAt !== null && kind === 'counter'
          ? `until ${formatDay(resetsAt)}, or until you raise it.`
          : 'until you make room there, or raise it.'
      }`,
    }))
}

type MeterInShort = Pick<Attended['meters'][number], 'limit' | 'remaining'>

/** At a limit that lets something in; what is not included never was. */
export const isFull = ({ limit, remaining }: MeterInShort): boolean => limit !== null && limit > 0 && remaining === 0

function trialEnding(subscription: Attended, { now, locale }: Reader): Attention | undefined {
  const { status, trialEndsAt, cancelAtPeriodEnd, isTrialOnly, needsCard, nextCharge, tier, agent } = subscription
  if (status !== 'trialing' || trialEndsAt === null || needsCard) return undefined
  if (cancelAtPeriodEnd && !isTrialOnly) return undefined
  const days = daysUntil(trialEndsAt, now)
  if (days > trialEndsWithinDays) return undefined
  const then =
    nextCharge === null
      ? `Nothing is charged then.${isTrialOnly ? ` To keep ${agent.name}, subscribe when it is over.` : ''}`
      : `Then ${formatMoney(nextCharge, locale)} is charged for ${tier.name}, unless you cancel before.`
  return {
    kind: 'trial-ends',
    tone: 'info',
    title: `Your trial ends ${dayWords(trialEndsAt, days)}`,
    text: then,
  }
}

/** Not of a trial that ends by itself, nor of what stands still over a dispute: neither can be resumed. */
function ending({ cancelAtPeriodEnd, isTrialOnly, status, period, agent, price }: Attended): Attention | undefined {
  if (!cancelAtPeriodEnd || isTrialOnly || status === 'paused' || period === null) return undefined
  const until = agent.isSuspended ? '' : `Until then ${agent.name} works as before. `
  const money = price === null ? '' : 'Nothing more is charged. '
  return {
    kind: 'ends',
    tone: 'info',
    title: `Cancelled: ends on ${formatDay(period.end)}`,
    text: `${until}${money}You can take the cancellation back until that day.`,
  }
}

const dayMs = 86_400_000

/** Whole calendar days between two moments, as days are written everywhere: in UTC. */
function daysUntil(at: string, now: string): number {
  const dayOf = (iso: string): number => Math.floor(Date.parse(iso) / dayMs)
  return dayOf(at) - dayOf(now)
}

function dayWords(at: string, days: number): string {
  if (days <= 0) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days, on ${formatDay(at)}`
}

/** The meter that says most: the fullest of those that have a limit, else the first. */
export function fullestMeter<Meter extends MeterInShort & { readonly used: number }>(
  meters: readonly Meter[],
): Meter | undefined {
  const share = ({ used, limit }: Meter): number => (limit === null || limit === 0 ? -1 : used / limit)
  return meters.toSorted((a, b) => share(b) - share(a))[0]
}
