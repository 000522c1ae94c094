import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface InteractionRecordedData {
  /** "Somebody joined the waitlist". */
  readonly what: string
  /** Undefined: it is about no agent. */
  readonly agent: string | undefined
  readonly at: Date
  /** Where it stands whole. */
  readonly url: string
}

/** Says nothing of who it was: that stands behind the link, where it goes when the person does. */
export function interactionRecorded({ what, agent, at, url }: InteractionRecordedData): RenderedMail {
  const where = agent === undefined ? undefined : (greetingName(agent) ?? 'an agent')
  const heading = where === undefined ? what : `${what}: ${where}`
  return renderMail({
    subject: oneLine(heading).slice(0, 78),
    preview: 'Who it was, and what came with it.',
    heading,
    blocks: [
      { kind: 'text', text: `On ${moment(at)}.` },
      { kind: 'action', label: 'See who it was', url },
      {
        kind: 'note',
        text: 'You get this because your address is among those that are told. Operators can take it out.',
      },
    ],
  })
}

const moment = (at: Date): string =>
  `${at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })} UTC`
