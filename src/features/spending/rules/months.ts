// Calendar months in UTC, as `2026-11`: they sort as text, and a cap is about one of them.

export type Month = string

export const monthOf = (at: Date): Month => at.toISOString().slice(0, 7)

export function monthAfter(month: Month, months: number): Month {
  const [year = 0, ofYear = 1] = month.split('-').map(Number)
  return monthOf(new Date(Date.UTC(year, ofYear - 1 + months)))
}

/** Half-open. */
export const boundsOf = (month: Month): { readonly start: Date; readonly end: Date } => ({
  start: new Date(`${month}-01T00:00:00Z`),
  end: new Date(`${monthAfter(month, 1)}-01T00:00:00Z`),
})

/** The same day and time in another month, or its last day where it is shorter. */
export function dayIn(at: Date, month: Month): Date {
  const { end } = boundsOf(month)
  const lastDay = new Date(+end - 1).getUTCDate()
  const [year = 0, ofYear = 1] = month.split('-').map(Number)
  const moved = new Date(at)
  moved.setUTCFullYear(year, ofYear - 1, Math.min(at.getUTCDate(), lastDay))
  return moved
}

/** Minor units by month; what is not there is 0. */
export type ByMonth = ReadonlyMap<Month, number>

/** Of several that all come. */
export function sumOf(all: readonly ByMonth[]): Map<Month, number> {
  const sum = new Map<Month, number>()
  for (const one of all) for (const [month, minor] of one) sum.set(month, (sum.get(month) ?? 0) + minor)
  return sum
}

/** Of several of which one comes, and nobody knows yet which: the most of each month. */
export function mostOf(either: readonly ByMonth[]): Map<Month, number> {
  const most = new Map<Month, number>()
  for (const one of either) for (const [month, minor] of one) most.set(month, Math.max(most.get(month) ?? 0, minor))
  return most
}
