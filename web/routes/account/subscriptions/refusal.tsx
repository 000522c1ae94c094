import type { Refusal } from '#src/features/billing/index.ts'
import { Notice } from '../../../ui/notice.tsx'
import { TextLink } from '../../account-access/text-link.tsx'

interface Words {
  readonly title: string
  readonly text: string
}

/** What was refused, what became of it, and what to do. */
const words: Readonly<Record<Refusal['code'], Words>> = {
  already_subscribed: { title: 'You have a subscription already', text: 'Nothing was charged.' },
  trial_used: {
    title: 'You have had this trial',
    text: 'There is one for each person and card. Subscribe without it; nothing was charged.',
  },
  tier_not_on_offer: { title: 'That tier is not on offer', text: 'It was changed or withdrawn. Nothing was charged.' },
  wrong_currency: {
    title: 'That is sold in another currency',
    text: 'What you pay with here is in one currency. Cancel first, then subscribe again. Nothing was charged.',
  },
  payment_required: {
    title: 'A payment is missing',
    text: 'Pay the open invoice first; then you can change this. Nothing was charged.',
  },
  payment_declined: {
    title: 'The payment was declined',
    text: 'Nothing was changed. Try another card, or ask your bank.',
  },
  spend_cap_reached: {
    title: 'Your spending cap stops this',
    text: 'It would bring a month past the most that you let yourself be charged.',
  },
  unavailable: {
    title: 'Payments can’t be reached right now',
    text: 'Nothing was lost. Try again in a minute; pressing twice never pays twice.',
  },
  rate_limited: { title: 'That was very often', text: 'Wait a few minutes, then try again. Nothing was charged.' },
  conflict: { title: 'That is not possible now', text: 'It changed meanwhile. Look again; nothing was charged.' },
}

const statuses: Readonly<Record<Refusal['code'], number>> = {
  already_subscribed: 409,
  trial_used: 409,
  tier_not_on_offer: 409,
  wrong_currency: 409,
  conflict: 409,
  payment_required: 402,
  payment_declined: 402,
  spend_cap_reached: 409,
  unavailable: 503,
  rate_limited: 429,
}

/** What an action left in the address, where it leads elsewhere. */
export const isRefusal = (text: string): text is Refusal['code'] => Object.hasOwn(words, text)

export const statusOf = ({ code }: Refusal): number => statuses[code]

/** What is special about them is in words for people. */
const saysMore: ReadonlySet<Refusal['code']> = new Set(['payment_declined', 'conflict', 'spend_cap_reached'])

/** Says it where it happened. */
export function RefusalNotice({ refusal: { code, detail, subscriptionId } }: { refusal: Refusal }) {
  const { title, text } = words[code]
  return (
    <Notice tone="bad" role="alert" title={title}>
      {saysMore.has(code) ? (detail ?? text) : text}
      {code === 'payment_declined' && detail !== undefined && ' Nothing was changed.'}
      {code === 'spend_cap_reached' && ' Nothing was charged.'}{' '}
      {code === 'payment_declined' && <TextLink href="/account/billing">Use another card</TextLink>}
      {code === 'spend_cap_reached' && <TextLink href="/account/spending">See and change your cap</TextLink>}
      {subscriptionId !== undefined && (
        <TextLink href={`/account/subscriptions/${subscriptionId}`}>Go to the subscription</TextLink>
      )}
    </Notice>
  )
}
