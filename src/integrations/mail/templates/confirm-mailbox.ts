import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface ConfirmMailboxData {
  /** What the mailbox says yes to. */
  readonly for: { readonly kind: 'recipient' } | { readonly kind: 'waitlist'; readonly agent: string }
  readonly url: string
  readonly validDays: number
}

/** Asks a mailbox whether it wants what somebody, who may not be its owner, asked for. */
export function confirmMailbox({ for: wanted, url, validDays }: ConfirmMailboxData): RenderedMail {
  const { heading, text } = wordsOf(wanted)
  return renderMail({
    subject: oneLine(heading).slice(0, 78),
    preview: 'One press of a button says yes.',
    heading,
    blocks: [
      { kind: 'text', text },
      { kind: 'action', label: 'Say yes', url },
      { kind: 'text', text: `The link works for ${validDays} days.` },
      { kind: 'note', text: 'You didn’t ask for this? Then ignore this mail: nothing more comes.' },
    ],
  })
}

function wordsOf(wanted: ConfirmMailboxData['for']): { heading: string; text: string } {
  if (wanted.kind === 'recipient') {
    return {
      heading: 'Do you want to be told what happens on Rialto?',
      text: 'An operator put this address on the list of those who get a mail when somebody joins a waitlist, installs an agent or asks for something.',
    }
  }
  const agent = greetingName(wanted.agent) ?? 'an agent'
  return {
    heading: `Wait for ${agent}?`,
    text: `This address was put on the waitlist for ${agent}. Once you say yes, one mail tells you when it can be used; there is no other.`,
  }
}
