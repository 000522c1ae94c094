// By how much a purchase may raise what each month costs, and whether that fits.
import { monthAfter, monthOf, mostOf } from './months.ts'
import type { ByMonth, Month } from './months.ts'
import { renewalsOf } from './renewals.ts'
import type { Renewing } from './renewals.ts'

/** What a purchase does to what renews at its agent. */
export type Renewals =
  | { readonly kind: 'same' }
  /** Something more beside what there is. */
  | { readonly kind: 'more'; readonly renewing: Renewing }
  /** Of what renews afterwards one comes; it depends on when it is paid. None: nothing renews any more. */
  | { readonly kind: 'instead'; readonly either: readonly Renewing[] }

export interface Costs {
  readonly currency: string
  /** At most, once, before it is settled; before credit, which another purchase may use up first. */
  readonly dueMinor: number
  readonly renewals: Renewals
}

interface Given {
  /** By the business clock. */
  readonly now: Date
  /** Until when it may be paid. */
  readonly until: Date
  /** What renews at this agent now. */
  readonly present: ByMonth
}

/** Months in which nothing rises are left out. */
export function claimOf({ dueMinor, renewals }: Costs, { now, until, present }: Given): Map<Month, number> {
  const from = monthOf(now)
  const claim = new Map<Month, number>()
  const add = (month: Month, minor: number): void => {
    if (minor > 0) claim.set(month, (claim.get(month) ?? 0) + minor)
  }
  for (let month = from; month <= monthOf(until); month = monthAfter(month, 1)) add(month, dueMinor)
  switch (renewals.kind) {
    case 'same':
      break
    case 'more':
      for (const [month, minor] of renewalsOf(renewals.renewing, from)) add(month, minor)
      break
    case 'instead': {
      const after = mostOf(renewals.either.map((renewing) => renewalsOf(renewing, from)))
      for (const [month, minor] of after) add(month, minor - (present.get(month) ?? 0))
    }
  }
  return claim
}

/** The first month that a claim would bring past a cap. Undefined: it fits. What rises in no month always does. */
export function firstPassed(
  claim: ByMonth,
  { capMinor, taken }: { readonly capMinor: number; readonly taken: ByMonth },
): Month | undefined {
  return [...claim]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .find(([month, minor]) => {
      return minor > 0 && (taken.get(month) ?? 0) + minor > capMinor
    })?.[0]
}
