import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface DisputeDecidedData {
  readonly name: string
  readonly agentName: string
  /** "3 messages"; undefined: nothing was given back. */
  readonly credited: string | undefined
  /** Of the operator. */
  readonly decision: string
  readonly receiptUrl: string
}

/** Answers whoever said that a receipt is wrong. */
export function disputeDecided({ name, agentName, credited, decision, receiptUrl }: DisputeDecidedData): RenderedMail {
  const agent = greetingName(agentName) ?? 'the agent'
  const heading = credited === undefined ? 'Your receipt stays as it is' : `${credited} given back`
  return renderMail({
    subject: oneLine(`${agent}: ${heading.toLowerCase()}`).slice(0, 78),
    preview: 'You said that a receipt was wrong.',
    heading,
    greeting: greetingName(name),
    blocks: [
      {
        kind: 'text',
        text:
          credited === undefined
            ? `You said that a receipt of ${agent} was wrong. The operators looked at it, and it counts as it did.`
            : `You said that a receipt of ${agent} was wrong. The operators gave ${credited} back, where they counted.`,
      },
      { kind: 'text', text: 'They say why:' },
      { kind: 'quote', text: decision },
      { kind: 'action', label: 'See the receipt', url: receiptUrl },
    ],
  })
}
