import { formatMoney } from '#src/lib/money.ts'
import type { Money } from '#src/lib/money.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface PaymentReceiptData {
  readonly name: string
  readonly agent: string
  /** The tier, or the add-on, that was paid for. */
  readonly tier: string
  readonly amount: Money
  /** Of the invoice. */
  readonly number: string
  /** When the next payment is due. Undefined: none is. */
  readonly nextAt: Date | undefined
  /** Where the invoice is. */
  readonly url: string
  /** Where its reader ends this kind of mail. */
  readonly unsubscribeUrl: string
}

/** Names are chosen by the publisher: where one looks like an address or a link, it is left out. */
export function paymentReceipt(data: PaymentReceiptData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const tier = greetingName(data.tier) ?? 'your subscription'
  const amount = formatMoney(data.amount)
  const next =
    data.nextAt === undefined ? 'Nothing more is due.' : `The next payment is due on ${dayOf(data.nextAt)} (UTC).`
  return renderMail({
    subject: oneLine(`Receipt: ${amount} for ${agent}`).slice(0, 78),
    preview: `Invoice ${oneLine(data.number)} is paid.`,
    heading: `You paid ${amount}`,
    greeting: greetingName(data.name),
    blocks: [
      { kind: 'text', text: `For ${tier} of ${agent}, by invoice ${oneLine(data.number)}.` },
      { kind: 'text', text: next },
      { kind: 'action', label: 'See the invoice', url: data.url },
    ],
    unsubscribeUrl: data.unsubscribeUrl,
  })
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
