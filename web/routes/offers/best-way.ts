import type { OwnOffer } from '#src/features/billing/index.ts'
import type { OfferedTier, OpenLift } from '#src/features/offers/index.ts'

/** What is offered first to whom a limit stopped. */
export type BestWay =
  | { readonly kind: 'addon'; readonly addon: OwnOffer }
  | { readonly kind: 'tier'; readonly tier: OfferedTier }

interface Choices {
  readonly lift: Pick<OpenLift, 'meter' | 'metric' | 'reason' | 'tiers' | 'subscription' | 'agent'>
  /** Of the metric that stopped. */
  readonly addons: readonly OwnOffer[]
  /** The id of an add-on that the person asked to see first. */
  readonly chosen: string | null
}

/**
 * The cheapest add-on after which there is room, one that is paid once before one that is charged again and again; else the
 * cheapest tier that includes enough. Undefined: nothing is missing that could be bought, or nothing on offer helps.
 */
export function bestWay({ lift, addons, chosen }: Choices): BestWay | undefined {
  const asked = addons.find(({ id }) => id === chosen)
  if (asked !== undefined && lift.reason !== 'payment_required' && lift.reason !== 'suspended') {
    return { kind: 'addon', addon: asked }
  }
  if (lift.reason === undefined || lift.reason === 'payment_required' || lift.reason === 'suspended') return undefined
  const { limit, used } = lift.meter
  const [addon] = addons
    .filter(({ amount }) => limit !== null && limit + amount > used)
    .toSorted(
      (a, b) => Number(a.interval !== null) - Number(b.interval !== null) || a.price.amountMinor - b.price.amountMinor,
    )
  if (addon !== undefined) return { kind: 'addon', addon }
  const [tier] = lift.tiers
    .filter((one) => !one.isTheirs && lift.agent.isPublished && makesRoom(lift, one))
    .toSorted((a, b) => a.priceMinor - b.priceMinor)
  return tier && { kind: 'tier', tier }
}

/** It includes more than what was used, with what was added beside a tier. */
export function makesRoom(
  { meter: { limit, used, breakdown }, metric }: Pick<OpenLift, 'meter' | 'metric'>,
  { includes }: OfferedTier,
): boolean {
  const included = breakdown.reduce((sum, { part, limit: size }) => sum + (part === 'included' ? size : 0), 0)
  const beside = (limit ?? 0) - included
  return includes.some(({ metric: slug, quota }) => slug === metric.slug && (quota === null || quota + beside > used))
}
