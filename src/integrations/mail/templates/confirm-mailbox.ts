import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface ConfirmMailboxData {
  /** What the mailbox says yes to. */
  readonly for:
    | { readonly kind: 'recipient' }
    | { readonly kind: 'waitlist' | 'report' | 'removal'; readonly agent: string }
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
      heading: `Do you want to be told what happens on ${siteName}?`,
      text: 'An operator put this address on the list of those who get a mail when somebody joins a waitlist, installs an agent or asks for something.',
    }
  }
  const agent = greetingName(wanted.agent) ?? 'an agent'
  if (wanted.kind === 'report') {
    return {
      heading: `Send your report about ${agent}?`,
      text: `A report about ${agent} was written with this address. Once you say yes, the operators read it, and may answer to this address.`,
    }
  }
  if (wanted.kind === 'removal') {
    return {
      heading: `Ask for the removal of ${agent}?`,
      text: `Somebody asked with this address for the listing of ${agent} to be taken down. Once you say yes, the operators decide, and tell you here what they decided.`,
    }
  }
  return {
    heading: `Wait for ${agent}?`,
    text: `This address was put on the waitlist for ${agent}. Once you say yes, one mail tells you when it can be used; there is no other.`,
  }
}
