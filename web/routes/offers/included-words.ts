import type { OfferedTier } from '#src/features/offers/index.ts'

/** "5 texts a month", "Unlimited texts", "3 seats". */
export function includedWords(
  { quota, unit, isGauge }: OfferedTier['includes'][number],
  interval: OfferedTier['usageInterval'],
): string {
  if (quota === null) return `Unlimited ${unit}`
  return `${quota.toLocaleString('en')} ${unit}${isGauge ? '' : ` a ${interval}`}`
}
