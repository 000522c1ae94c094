const units = [
  { unit: 'year', seconds: 31_557_600 },
  { unit: 'month', seconds: 2_629_800 },
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const

// Made once: making one costs a hundred times what using it does.
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
// "Last month" and "last year" are of the calendar, which 35 days ago may not be any more; a day is near enough to be one.
const relativeDays = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const dayInYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const minute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** "3 days ago", with the exact time in its title. `now` is an argument, so that server and browser agree. */
export function RelativeTime({ iso, now }: { iso: string; now: number }) {
  return (
    <time dateTime={iso} title={exact(iso)}>
      {relativeTime(iso, now)}
    </time>
  )
}

/** A calendar day: "22 Nov 2026". */
export const Day = ({ iso }: { iso: string }) => <time dateTime={iso}>{formatDay(iso)}</time>

export function relativeTime(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1_000
  const fitting = units.find((unit) => Math.abs(seconds) >= unit.seconds)
  if (fitting === undefined) return 'just now'
  const words = fitting.unit === 'day' ? relativeDays : relative
  return words.format(Math.trunc(seconds / fitting.seconds), fitting.unit)
}

export const formatDay = (iso: string): string => day.format(new Date(iso))

/** "3 Dec", for what lies within a year. */
export const formatDayInYear = (iso: string): string => dayInYear.format(new Date(iso))

/** In UTC, with its time of day. */
export const exact = (iso: string): string => `${minute.format(new Date(iso))} UTC`
