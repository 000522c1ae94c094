import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { MailBlock } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

/** What comes after the limit of a period; of a level, which has no period, nothing comes by itself. */
export type AfterLimit =
  | { readonly kind: 'starts_again'; readonly at: Date }
  | { readonly kind: 'ends'; readonly at: Date }
  /** The period before is over and its renewal not paid yet. */
  | { readonly kind: 'renewal' }
  | { readonly kind: 'level' }

export interface UsageThresholdData {
  readonly name: string
  readonly agent: string
  /** As the publisher calls it: "Messages". */
  readonly metric: string
  /** Of the limit that was reached. */
  readonly percent: number
  /** Units, when it was reached. */
  readonly used: number
  readonly limit: number
  readonly after: AfterLimit
  /** Where the limit can be lifted. */
  readonly liftUrl: string
  /** Where its reader ends this kind of mail. */
  readonly unsubscribeUrl: string
}

/** Names are chosen by the publisher: where one looks like an address or a link, it is left out. */
export function usageThreshold(data: UsageThresholdData): RenderedMail {
  const agent = greetingName(data.agent) ?? 'an agent'
  const metric = greetingName(data.metric)?.toLocaleLowerCase('en') ?? 'units'
  const share = `${data.percent} % of your ${metric}`
  const isFull = data.percent === 100
  const heading = data.after.kind === 'level' ? `You use ${share} at ${agent}` : `You have used ${share} at ${agent}`
  const standing = `${count(data.used)} of ${count(data.limit)} ${metric} are used.`
  const blocks: MailBlock[] = [
    { kind: 'text', text: isFull ? `${standing} ${whatStops(metric, data.after)}` : standing },
    { kind: 'text', text: whatComes(data.after, { metric, isFull }) },
    { kind: 'action', label: isFull ? 'Lift the limit' : 'See what lifts the limit', url: data.liftUrl },
  ]
  return renderMail({
    // The agent's name comes last, so that a long one takes nothing away.
    subject: oneLine(heading).slice(0, 78),
    preview: isFull ? 'What stops, and what starts it again.' : 'How much is left, and until when.',
    heading,
    greeting: greetingName(data.name),
    blocks,
    unsubscribeUrl: data.unsubscribeUrl,
  })
}

const count = (units: number): string => units.toLocaleString('en')

const whatStops = (metric: string, { kind }: AfterLimit): string =>
  kind === 'level'
    ? `No more ${metric} can be added. What you have stays.`
    : `${metric.replace(/^./u, (first) => first.toLocaleUpperCase('en'))} stop here; nothing else does, and nothing is charged for them.`

function whatComes(
  after: AfterLimit,
  { metric, isFull }: { readonly metric: string; readonly isFull: boolean },
): string {
  switch (after.kind) {
    case 'starts_again':
      return isFull
        ? `They start again from 0 on ${moment(after.at)}, or as soon as the limit is lifted.`
        : `They start again from 0 on ${moment(after.at)}.`
    case 'ends':
      return `Your subscription ends on ${moment(after.at)}, as you asked. Until then you can lift the limit or resume it.`
    case 'renewal':
      return 'They start again from 0 once the payment for your next period has arrived.'
    case 'level':
      return `It makes room again when you give some back, or when the limit on ${metric} is lifted.`
  }
}

/** "1 Apr 2026, 09:26 UTC": the mail doesn't know where it is read. */
const moment = (at: Date): string =>
  `${at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })} UTC`
