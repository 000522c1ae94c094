import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { MailBlock } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface TierChangesData {
  readonly name: string
  readonly agent: string
  readonly tier: string
  /** From then on the subscription is by the new terms. */
  readonly startsAt: Date
  /** One sentence each. */
  readonly changes: readonly string[]
  readonly agentUrl: string
}

/** Names are chosen by the publisher: where one looks like an address or a link, it is left out. */
export function tierChanges(data: TierChangesData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const tier = greetingName(data.tier) ?? 'your tier'
  const day = data.startsAt.toISOString().slice(0, 10)
  const changes = data.changes.map((text): MailBlock => ({ kind: 'text', text: `• ${oneLine(text)}` }))
  return renderMail({
    subject: oneLine(`From ${day}: ${tier} of ${agent} changes`).slice(0, 78),
    preview: 'What changes for you, and from when on.',
    heading: `${tier} of ${agent} changes`,
    greeting: greetingName(data.name),
    blocks: [
      { kind: 'text', text: `You have ${tier} of ${agent}. From ${day} (UTC) on, with your next period then:` },
      ...changes,
      { kind: 'text', text: 'Until then everything stays as it is, and you can cancel or take another tier.' },
      { kind: 'action', label: 'See the tiers', url: data.agentUrl },
    ],
  })
}
