import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface SubscriptionEndedData {
  readonly name: string
  readonly agent: string
  readonly tier: string
  readonly endedAt: Date
  /** `as_asked`: it was cancelled. */
  readonly why: 'as_asked' | 'unpaid' | 'trial_over'
  /** The agent's page, where it can be taken again. */
  readonly url: string
}

const reasons: Record<SubscriptionEndedData['why'], string> = {
  as_asked: 'It was cancelled before, so nothing more is charged.',
  unpaid: 'Its payment did not arrive in time. We don’t try to charge it any more.',
  trial_over: 'Its trial is over. Nothing was charged.',
}

/** Names are chosen by the publisher: where one looks like an address or a link, it is left out. */
export function subscriptionEnded(data: SubscriptionEndedData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const tier = greetingName(data.tier) ?? 'your tier'
  const day = data.endedAt.toISOString().slice(0, 10)
  return renderMail({
    subject: oneLine(`Your subscription has ended: ${agent}`).slice(0, 78),
    preview: 'Why, and how to come back.',
    heading: `Your subscription to ${agent} has ended`,
    greeting: greetingName(data.name),
    blocks: [
      { kind: 'text', text: `You had ${tier} until ${day} (UTC). ${reasons[data.why]}` },
      { kind: 'text', text: 'Your invoices stay in your account.' },
      { kind: 'action', label: 'Come back', url: data.url },
    ],
  })
}
