import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface PublisherContactedData {
  readonly kind: 'message' | 'demo'
  readonly agent: string
  /** Who agreed that the publisher learns their address. */
  readonly from: { readonly name: string; readonly email: string }
  readonly message: string
  /** The agent's page. */
  readonly url: string
}

/** Carries somebody's words to an agent's publisher, who replies to them directly. */
export function publisherContacted({
  kind,
  agent: agentName,
  from,
  message,
  url,
}: PublisherContactedData): RenderedMail {
  const agent = greetingName(agentName) ?? 'your agent'
  const heading = kind === 'demo' ? `Somebody asks for a demo of ${agent}` : `A message about ${agent}`
  const name = greetingName(from.name)
  const who = name === undefined ? from.email : `${name} (${from.email})`
  return renderMail({
    subject: oneLine(heading).slice(0, 78),
    preview: `From ${who}.`,
    heading,
    blocks: [
      { kind: 'text', text: `${who} wrote to you from its page:` },
      { kind: 'quote', text: message },
      { kind: 'text', text: 'Reply to this mail to answer: the reply goes to them, and not through us.' },
      { kind: 'action', label: 'Open its page', url },
      {
        kind: 'note',
        text: 'You get this as an owner or admin of the organization that publishes it. The words are theirs: we don’t check them.',
      },
    ],
    isAnswerable: true,
  })
}
