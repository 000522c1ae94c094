import { formatMoney } from '#src/lib/money.ts'
import type { Money } from '#src/lib/money.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface CheckoutUndoneData {
  readonly name: string
  readonly agent: string
  /** What was paid, and is given back. Undefined: nothing had been paid. */
  readonly amount: Money | undefined
  /** The subscription that was there already. */
  readonly url: string
}

/** Somebody bought what they had. Names are the publisher's: where one looks like an address or a link, it is left out. */
export function checkoutUndone(data: CheckoutUndoneData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const money =
    data.amount === undefined
      ? 'Nothing was charged for the second one.'
      : `We have given back the ${formatMoney(data.amount)} for the second one. Your bank shows it within 5 to 10 days.`
  return renderMail({
    subject: oneLine(`You have one subscription, not two: ${agent}`).slice(0, 78),
    preview: 'The second purchase was taken back.',
    heading: `You had a subscription to ${agent} already`,
    greeting: greetingName(data.name),
    blocks: [
      {
        kind: 'text',
        text: 'You completed a second purchase while a subscription was there, so we took the second one back.',
      },
      { kind: 'text', text: money },
      { kind: 'text', text: 'The subscription that you had goes on as it was.' },
      { kind: 'action', label: 'See your subscription', url: data.url },
    ],
  })
}
