import type { Review } from '#src/features/reviews/index.ts'

const dayMs = 24 * 3_600_000
const monthDays = 30.44

/** "Used 312 times over 4 months": how often and how long, as the ledger has it. */
export function wordsOfUse(use: NonNullable<Review['use']>, locale: string): string {
  const { times, isMore, firstDay, lastDay } = use
  if (times === 1 && !isMore) return 'Used once'
  const days = Math.round((Date.parse(lastDay) - Date.parse(firstDay)) / dayMs) + 1
  const count = times === 2 && !isMore ? 'twice' : `${isMore ? 'more than ' : ''}${times.toLocaleString(locale)} times`
  return `Used ${count} ${days === 1 ? 'on one day' : `over ${spanWords(days)}`}`
}

/** Days count up to two weeks, weeks up to two months, months up to two years. */
function spanWords(days: number): string {
  if (days < 14) return `${days} days`
  if (days < 61) return `${Math.round(days / 7)} weeks`
  const months = Math.round(days / monthDays)
  return months < 24 ? `${months} months` : `${Math.floor(months / 12)} years`
}
