import type { ScopeReasons } from '#src/features/agent-clients/index.ts'

/** An agent of this repository, as the demo lists it. Everything said of it is true of the code in its folder. */
export interface Sample {
  readonly slug: string
  readonly name: string
  readonly tagline: string
  /** Markdown. */
  readonly description: string
  /** Below the project's root. */
  readonly folder: string
  readonly tags: readonly string[]
  readonly languages: readonly string[]
  readonly capabilities: readonly { readonly icon: string; readonly title: string; readonly description: string }[]
  readonly steps: readonly { readonly title: string; readonly description: string }[]
  /** What it counts, and how much of each is free. */
  readonly metrics: readonly SampleMetric[]
  /** What it costs beside the free tier. */
  readonly tiers: readonly SampleTier[]
  readonly addons: readonly SampleAddon[]
  /** Why it asks for each scope that it asks for. */
  readonly scopeReasons: ScopeReasons
}

export interface SampleMetric {
  readonly slug: string
  readonly displayName: string
  readonly unit: string
  /** A gauge is a level: how much may be kept, not how much may be used in a month. */
  readonly kind: 'counter' | 'gauge'
  /** Units a month; of a gauge the highest level. */
  readonly freeUnits: number
}

export interface SampleTier {
  readonly tierName: string
  readonly description: string
  /** Cents, for one billing interval. */
  readonly price: number
  readonly billingInterval: 'month' | 'year'
  readonly trialDays: number
  readonly recommended?: true
  /** Units a month, of a gauge the highest level, by the metric's slug. */
  readonly units: Readonly<Record<string, number>>
}

export interface SampleAddon {
  readonly displayName: string
  readonly metric: string
  readonly amount: number
  /** Cents. */
  readonly price: number
  /** Left out: bought once, for the period that is running. Else it stays, and is paid for as often. */
  readonly billingInterval?: 'month' | 'year'
}
