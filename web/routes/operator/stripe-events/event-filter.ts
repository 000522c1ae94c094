// The filter of the list, as it stands in the address.
import type { EventState } from './state-badge.tsx'

export interface EventFilter {
  readonly state: EventState | undefined
  readonly type: string | undefined
  /** Days, in UTC: `2026-11-22`. Both are in. */
  readonly from: string | undefined
  readonly to: string | undefined
}

/** What is not understood is left out: the list shows more, and nothing breaks. */
export function filterOf(searchParams: URLSearchParams): EventFilter {
  const given = (name: string, pattern: RegExp): string | undefined => {
    const text = (searchParams.get(name) ?? '').trim()
    return pattern.test(text) ? text : undefined
  }
  const state = given('state', /^(failed|waiting|processed)$/)
  return {
    state: state as EventState | undefined,
    type: given('type', /^(?=.{1,100}$)[a-z0-9_]+(\.[a-z0-9_]+)*$/),
    from: dayOf(given('from', dayPattern)),
    to: dayOf(given('to', dayPattern)),
  }
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/
const dayOf = (text: string | undefined): string | undefined =>
  text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text

export const isFiltered = (filter: EventFilter): boolean => Object.values(filter).some((value) => value !== undefined)

const dayMs = 86_400_000

/** As the service takes it. */
export const askedOf = ({ state, type, from, to }: EventFilter) => ({
  state,
  type,
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(Date.parse(to) + dayMs),
})

export function eventsHref(filter: Partial<EventFilter>, cursor?: string): string {
  const entries = Object.entries({ ...filter, cursor }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const query = new URLSearchParams(entries).toString()
  return `/operator/stripe-events${query === '' ? '' : `?${query}`}`
}
