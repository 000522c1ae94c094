import type { QuotaLimit } from '../schema.ts'

/** The row of tier_metric_quotas: null is unlimited, undefined is no row. */
export type StoredQuota = number | null | undefined

export function quotaOf(limit: QuotaLimit): StoredQuota {
  if (limit === 'unlimited') return null
  return limit === 'not_included' ? undefined : limit
}

/** Whether somebody who had `before` gets less by `after`. A quota of 0 and none at all grant the same: nothing. */
export const isLower = (before: StoredQuota, after: StoredQuota): boolean => unitsOf(after) < unitsOf(before)

const unitsOf = (quota: StoredQuota): number => (quota === null ? Number.POSITIVE_INFINITY : (quota ?? 0))
