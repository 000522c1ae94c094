// What may be used of a metric in one usage period: the tier's quota and the add-ons that count in it.
import type { Period } from './months.ts'
import type { Quota } from './quota.ts'
import { includedUnits } from './quota.ts'

export interface Addon {
  /** Units, positive. */
  readonly amount: number
  readonly scope: 'one_cycle' | 'permanent'
  readonly source: 'admin_grant' | 'purchased'
  readonly grantedAt: Date
  /** Null: live. */
  readonly revokedAt: Date | null
}

/** The parts of a limit in the order in which they are drawn; the ledger keeps their units in this order. */
export const limitPartNames = [
  'included',
  'one_cycle_granted',
  'one_cycle_purchased',
  'permanent_granted',
  'permanent_purchased',
] as const
export type LimitPartName = (typeof limitPartNames)[number]
export type LimitParts = Readonly<Record<LimitPartName, number>>

export type Limit =
  /** Nothing was given, so nothing may be used: the decision's reason is `not_included`. */
  | { readonly kind: 'not_included' }
  | { readonly kind: 'capped'; readonly units: number; readonly parts: LimitParts }
  | { readonly kind: 'unlimited' }

/** A revoked add-on counts nowhere; a `one_cycle` one only in the period it was granted in. */
export function countsIn(addon: Addon, { start, end }: Period): boolean {
  if (addon.revokedAt !== null) return false
  return addon.scope === 'permanent' || (start <= addon.grantedAt && addon.grantedAt < end)
}

/**
 * The limit of one metric in one usage period. Add-ons raise a quota of 0 and a missing one too, and add nothing to an
 * unlimited one. Never more than 2^53-1 units: what is past that is cut from the parts drawn last.
 */
export function limitOf({ quota, addons, period }: { quota: Quota; addons: readonly Addon[]; period: Period }): Limit {
  if (quota.kind === 'unlimited') return { kind: 'unlimited' }
  const counting = addons.filter((addon) => countsIn(addon, period))
  let units = 0
  const take = (wanted: number): number => {
    const taken = Math.min(wanted, Number.MAX_SAFE_INTEGER - units)
    units += taken
    return taken
  }
  // Built in the order of limitPartNames, because taking one leaves less room for the next.
  const parts: LimitParts = {
    included: take(includedUnits(quota)),
    one_cycle_granted: take(amountOf(counting, 'one_cycle', 'admin_grant')),
    one_cycle_purchased: take(amountOf(counting, 'one_cycle', 'purchased')),
    permanent_granted: take(amountOf(counting, 'permanent', 'admin_grant')),
    permanent_purchased: take(amountOf(counting, 'permanent', 'purchased')),
  }
  return units === 0 ? { kind: 'not_included' } : { kind: 'capped', units, parts }
}

const amountOf = (addons: readonly Addon[], scope: Addon['scope'], source: Addon['source']): number =>
  addons.reduce((sum, addon) => (addon.scope === scope && addon.source === source ? sum + addon.amount : sum), 0)
