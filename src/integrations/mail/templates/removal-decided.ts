import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface RemovalDecidedData {
  readonly agent: string
  readonly isRemoved: boolean
  /** Of the operator. */
  readonly reason: string
  /** Where the entry stands, or stood. */
  readonly url: string
}

/** Answers whoever asked for the removal of an entry. */
export function removalDecided({ agent: name, isRemoved, reason, url }: RemovalDecidedData): RenderedMail {
  const agent = greetingName(name) ?? 'The entry'
  const heading = isRemoved ? `${agent} was removed` : `${agent} stays listed`
  return renderMail({
    subject: oneLine(heading).slice(0, 78),
    preview: 'You asked for its removal.',
    heading,
    blocks: [
      {
        kind: 'text',
        text: isRemoved
          ? 'You asked for its removal. The entry is gone, and an update of the directory does not bring it back.'
          : 'You asked for its removal. The operators looked at it, and it stays.',
      },
      { kind: 'text', text: 'They say why:' },
      { kind: 'quote', text: reason },
      { kind: 'action', label: isRemoved ? 'See what stands there now' : 'Open its page', url },
    ],
  })
}
