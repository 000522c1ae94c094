/** What a tier gives of a metric in one usage period. A type of its own, so that NULL, 0 and no row can't be confused. */
export type Quota =
  /** The tier has no row for the metric: not included. Only add-ons give any. */
  | { readonly kind: 'none' }
  /** A quota of 0: denied by the publisher. Only add-ons give any. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'capped'; readonly units: number }
  | { readonly kind: 'unlimited' }

/** Reads a row of `tier_metric_quotas`; undefined where there is none. */
export function quotaOf(row: { readonly quotaLimit: number | null } | undefined): Quota {
  if (row === undefined) return { kind: 'none' }
  if (row.quotaLimit === null) return { kind: 'unlimited' }
  return row.quotaLimit === 0 ? { kind: 'denied' } : { kind: 'capped', units: row.quotaLimit }
}

/** Units that the tier itself gives: 0 where it gives none, Infinity where it sets no limit. */
export function includedUnits(quota: Quota): number {
  switch (quota.kind) {
    case 'none':
    case 'denied':
      return 0
    case 'capped':
      return quota.units
    case 'unlimited':
      return Number.POSITIVE_INFINITY
  }
}
