import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface WaitlistOpenedData {
  readonly agent: string
  readonly url: string
}

/** The one mail that people on a waitlist wait for. */
export function waitlistOpened({ agent: name, url }: WaitlistOpenedData): RenderedMail {
  const agent = greetingName(name) ?? 'An agent you wait for'
  const heading = `${agent} can be used now`
  return renderMail({
    subject: oneLine(heading).slice(0, 78),
    preview: 'You waited for it.',
    heading,
    blocks: [
      { kind: 'text', text: 'You asked to be told when it can be used. It can.' },
      { kind: 'action', label: 'Open its page', url },
      { kind: 'note', text: 'This was the one mail that you asked for. There is no other.' },
    ],
  })
}
