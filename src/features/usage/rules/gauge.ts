import type { Limit } from './limit.ts'

/** A gauge has one row for all time, so it carries over every period. */
export const gaugePeriod = { start: new Date(0), end: new Date('9999-12-31T00:00:00Z') } as const

export type GaugeChange =
  | { readonly kind: 'allowed'; readonly level: number }
  | { readonly kind: 'denied'; readonly reason: 'quota_exceeded' | 'not_included' }
  /** The level would be negative: the request is wrong, not denied. */
  | { readonly kind: 'below_zero' }

/** Lowering is always allowed, also above the limit or without one, so that somebody over it can get back below. */
export function changeGauge({ level, delta, limit }: { level: number; delta: number; limit: Limit }): GaugeChange {
  const after = level + delta
  if (after < 0) return { kind: 'below_zero' }
  if (delta < 0 || limit.kind === 'unlimited') return { kind: 'allowed', level: after }
  if (limit.kind === 'not_included') return { kind: 'denied', reason: 'not_included' }
  return after <= limit.units ? { kind: 'allowed', level: after } : { kind: 'denied', reason: 'quota_exceeded' }
}
