import { formatMoney } from '#src/lib/money.ts'
import type { Money } from '#src/lib/money.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

/** What follows the trial. */
export type AfterTrial =
  | { readonly kind: 'charge'; readonly amount: Money; readonly interval: 'month' | 'year' }
  | { readonly kind: 'free_tier' }
  | { readonly kind: 'end' }

export interface TrialEndingData {
  readonly name: string
  readonly agent: string
  readonly tier: string
  readonly endsAt: Date
  readonly after: AfterTrial
  /** The subscription's page, where it can be cancelled. */
  readonly url: string
}

/** Names are chosen by the publisher: where one looks like an address or a link, it is left out. */
export function trialEnding(data: TrialEndingData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const tier = greetingName(data.tier) ?? 'your tier'
  const day = data.endsAt.toISOString().slice(0, 10)
  return renderMail({
    // The agent's name comes last, so that a long one takes nothing away.
    subject: oneLine(`Your trial ends on ${day}: ${agent}`).slice(0, 78),
    preview: 'What follows, and how to cancel before.',
    heading: `Your trial of ${agent} ends on ${day}`,
    greeting: greetingName(data.name),
    blocks: [
      { kind: 'text', text: `You try ${tier} until ${day} (UTC). ${whatFollows(data.after)}` },
      { kind: 'text', text: howToLeave(data.after) },
      { kind: 'action', label: 'See your subscription', url: data.url },
    ],
  })
}

function whatFollows(after: AfterTrial): string {
  switch (after.kind) {
    case 'charge':
      return `On that day your card pays ${formatMoney(after.amount)}, and again every ${after.interval}.`
    case 'free_tier':
      return 'Then you go on with the free tier. Nothing is charged.'
    case 'end':
      return 'Then your subscription ends by itself. Nothing is charged.'
  }
}

const howToLeave = ({ kind }: AfterTrial): string =>
  kind === 'charge'
    ? 'If you don’t want that, cancel before: open your subscription and press “Cancel”. You can use it until the trial ends.'
    : 'There is nothing you need to do. To keep the tier, take it on your subscription’s page.'
