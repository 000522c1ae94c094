// The operators' side navigation. A page names its own entry; `counted` ones show how many items wait there.
export const operatorLinks = [
  { label: 'Interactions', href: '/operator/interactions' },
  { label: 'Claims', href: '/operator/claims', counted: 'claims' },
  { label: 'Reports', href: '/operator/reports', counted: 'reports' },
  { label: 'Disputes', href: '/operator/disputes', counted: 'disputes' },
  { label: 'Recipients', href: '/operator/recipients' },
  { label: 'Stripe events', href: '/operator/stripe-events' },
  { label: 'Settings', href: '/operator/settings/general' },
] as const

/** Where payments are played. */
export const sandboxLinks = [{ label: 'Sandbox clock', href: '/sandbox/clock' }] as const

export type OperatorHref = (typeof operatorLinks | typeof sandboxLinks)[number]['href']

/** What waits for an operator, by entry. */
export type OpenItems = Readonly<Record<'claims' | 'reports' | 'disputes', number>>
