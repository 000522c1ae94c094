import type { Decision, Forecast } from '@rialto/sdk'
import { html } from 'hono/html'
import type { Html } from './layout.ts'

/** Where a person stands at Rialto with one thing that is counted. */
export type Standing = Decision | Forecast

interface Stop {
  /** Where they can get more. */
  readonly lift: string | undefined
  /** What is said when all of `limit` is used: one or two sentences. */
  readonly usedUp: (limit: number | null) => string
}

/** Why it stops and what lifts it; nothing where it doesn't. */
export function stopNotice(standing: Standing, { lift, usedUp }: Stop): Html | '' {
  if (standing.allowed) return ''
  const { reason, limit, resetsAt } = standing
  const isNew = reason === 'no_subscription'
  const again = resetsAt === null ? '' : ` You start again on ${day(resetsAt)}.`
  const words = isNew
    ? 'One step is left: choose at Rialto what you want to use.'
    : reason === 'quota_exceeded'
      ? `${usedUp(limit)}${again}`
      : `Rialto does not let you use this now: ${reason.replaceAll('_', ' ')}.`
  return html`<div role="alert" class="${isNew ? 'next' : 'stop'}">
    <p>${words}</p>
    ${lift && html`<p><a class="button" href="${lift}">${isNew ? 'Start at Rialto' : 'See what lifts it'}</a></p>`}
  </div>`
}

const day = (iso: string) => new Date(iso).toLocaleDateString('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

/** "3 of 5 texts left"; nothing where there is no limit to speak of. */
export const leftWords = (standing: Standing, unit: string): string =>
  standing.unlimited === false && standing.limit > 0
    ? `${standing.remaining.toLocaleString('en')} of ${standing.limit.toLocaleString('en')} ${unit} left`
    : ''
