import { formatMoney } from '#src/lib/money.ts'
import type { Money } from '#src/lib/money.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { MailBlock } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface RefundMadeData {
  readonly name: string
  readonly agent: string
  readonly amount: Money
  /** Of the invoice it was paid with. */
  readonly number: string
  /** The add-on that goes with it, as the publisher calls it. Undefined: nothing does. */
  readonly revokedAddon: string | undefined
  /** Where the invoice is. */
  readonly url: string
}

/** Names are chosen by the publisher: where one looks like an address or a link, it is left out. */
export function refundMade(data: RefundMadeData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const amount = formatMoney(data.amount)
  const revoked: MailBlock[] =
    data.revokedAddon === undefined
      ? []
      : [{ kind: 'text', text: `${greetingName(data.revokedAddon) ?? 'The add-on'} counts no more.` }]
  return renderMail({
    subject: oneLine(`Refund: ${amount} from ${agent}`).slice(0, 78),
    preview: 'What comes back, and when.',
    heading: `We have given back ${amount}`,
    greeting: greetingName(data.name),
    blocks: [
      {
        kind: 'text',
        text: `It is for invoice ${oneLine(data.number)} of ${agent}, and goes to the card that paid. Your bank shows it within 5 to 10 days.`,
      },
      ...revoked,
      { kind: 'action', label: 'See the invoice', url: data.url },
    ],
  })
}
