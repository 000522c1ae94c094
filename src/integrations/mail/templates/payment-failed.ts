import { formatMoney } from '#src/lib/money.ts'
import type { Money } from '#src/lib/money.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { MailBlock } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface PaymentFailedData {
  readonly name: string
  readonly agent: string
  readonly amount: Money
  /** When it is tried again by itself. Undefined: it is not. */
  readonly triesAgainAt: Date | undefined
  /** Until when the subscription goes on without this payment. */
  readonly worksUntil: Date
  /** Where it can be paid. */
  readonly url: string
}

/** Names are chosen by the publisher: where one looks like an address or a link, it is left out. */
export function paymentFailed(data: PaymentFailedData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const amount = formatMoney(data.amount)
  const again: MailBlock[] =
    data.triesAgainAt === undefined
      ? []
      : [{ kind: 'text', text: `We try again on ${dayOf(data.triesAgainAt)} (UTC). Nothing is charged twice.` }]
  return renderMail({
    subject: oneLine(`Your payment of ${amount} for ${agent} did not go through`).slice(0, 78),
    preview: 'What happens when, and how to pay.',
    heading: 'Your payment did not go through',
    greeting: greetingName(data.name),
    blocks: [
      { kind: 'text', text: `Your card did not pay ${amount} for ${agent}.` },
      ...again,
      {
        kind: 'text',
        text: `Your subscription goes on until ${dayOf(data.worksUntil)} (UTC), and stops then unless it is paid. What you have used stays counted.`,
      },
      { kind: 'action', label: 'Pay now, or use another card', url: data.url },
    ],
  })
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
