import type { OwnSubscription } from '#src/features/billing/index.ts'
import { formatMoney } from '../../../ui/money.ts'
import { formatDay } from '../../../ui/time.tsx'

interface Price {
  readonly amountMinor: number
  readonly currency: string
  readonly interval: 'month' | 'year'
}

/** "€19.00 per month" */
export const priceWords = ({ interval, ...money }: Price, locale: string): string =>
  `${formatMoney(money, locale)} per ${interval}`

type Charge = NonNullable<OwnSubscription['nextCharge']>

/** "€19.00 on 22 Dec 2026" */
export const chargeWords = ({ at, ...money }: Charge, locale: string): string =>
  `${formatMoney(money, locale)} on ${formatDay(at)}`

interface StatusWords {
  readonly label: string
  readonly tone: 'good' | 'info' | 'warning' | 'bad' | 'neutral'
  /** What it means for its owner, and what to do. Undefined: all is as it should be. */
  readonly text?: string
}

/** A subscription's state as one says it. */
export function statusWords(subscription: OwnSubscription & { readonly isGraceOver?: boolean }): StatusWords {
  const { status, agent, period, cancelAtPeriodEnd, trialEndsAt, graceEndsAt, disputedAt, endedAt } = subscription
  const end = period === null ? '' : formatDay(period.end)
  if (agent.isSuspended && (status === 'active' || status === 'trialing'))
    return { label: 'Agent suspended', tone: 'warning' }
  switch (status) {
    case 'active':
      if (cancelAtPeriodEnd) return { label: `Ends ${end}`, tone: 'warning' }
      return { label: 'Active', tone: 'good' }
    case 'trialing': {
      const until = formatDay(trialEndsAt ?? period?.end ?? subscription.createdAt)
      if (cancelAtPeriodEnd) return { label: `Trial, ends ${until}`, tone: 'warning' }
      return { label: `Trial until ${until}`, tone: 'info' }
    }
    case 'past_due':
      return {
        label: 'Payment failed',
        tone: 'bad',
        text:
          graceEndsAt === null || subscription.isGraceOver === true
            ? `The last payment did not go through. ${agent.name} stands still until it is paid.`
            : `The last payment did not go through. ${agent.name} goes on until ${formatDay(graceEndsAt)}, with a smaller limit; pay now to keep it.`,
      }
    case 'unpaid':
      return {
        label: 'Not paid',
        tone: 'bad',
        text: `${agent.name} stands still until the open invoice is paid. What you have there is kept.`,
      }
    case 'paused':
      return {
        label: 'On hold',
        tone: 'warning',
        text:
          disputedAt === null
            ? `${agent.name} stands still for now. Nothing is charged meanwhile.`
            : `A charge is disputed at your bank. ${agent.name} stands still until that is decided, and nothing more is charged.`,
      }
    case 'incomplete':
      return {
        label: 'Waiting for payment',
        tone: 'warning',
        text: 'The first payment is not finished. It begins once that is done; otherwise it lapses and nothing is charged.',
      }
    case 'incomplete_expired':
      return {
        label: 'Never began',
        tone: 'neutral',
        text: 'The first payment was not made in time. Nothing was charged.',
      }
    case 'canceled':
      return { label: endedAt === null ? 'Ended' : `Ended ${formatDay(endedAt)}`, tone: 'neutral' }
  }
}

export const isOver = ({ status }: OwnSubscription): boolean => status === 'canceled' || status === 'incomplete_expired'

/** Its payment is late: an invoice is open, and nothing else can be bought. */
export const owes = ({ status }: OwnSubscription): boolean =>
  status === 'past_due' || status === 'unpaid' || status === 'incomplete'

/** What ends, or stands still, is not changed. */
export const isChangeable = ({
  status,
  cancelAtPeriodEnd,
  agent,
}: Pick<OwnSubscription, 'status' | 'cancelAtPeriodEnd' | 'agent'>): boolean =>
  (status === 'active' || status === 'trialing') && !cancelAtPeriodEnd && !agent.isSuspended

/** What comes next by itself, in one line. */
export function nextWords(
  subscription: OwnSubscription & { readonly needsCard?: boolean; readonly isBeingCharged?: boolean },
  locale: string,
): string {
  const { nextCharge, next, cancelAtPeriodEnd, period, tier, needsCard = false } = subscription
  if (nextCharge !== null && needsCard) return `Nothing without a card; it ends on ${formatDay(nextCharge.at)}`
  if (nextCharge !== null && subscription.isBeingCharged === true)
    return `${formatMoney(nextCharge, locale)}, being charged now`
  if (nextCharge !== null) return chargeWords(nextCharge, locale)
  if (owes(subscription)) return 'Due now'
  if (cancelAtPeriodEnd && period !== null) return `Nothing more; it ends on ${formatDay(period.end)}`
  if (next?.tier.isFree) return `Nothing more; ${next.tier.name} is free from ${formatDay(next.at)}`
  return tier.isFree ? 'Free' : 'Nothing'
}
