import type { OpenLift } from '#src/features/offers/index.ts'
import type { MeterLimit } from '../../ui/meter.tsx'

/** A limit and its parts, as the meter draws them. */
export function meterLimit({ limit, breakdown }: OpenLift['meter']): MeterLimit {
  if (limit === null) return { kind: 'unlimited' }
  if (limit === 0) return { kind: 'denied' }
  const sizeOf = (...parts: (typeof breakdown)[number]['part'][]) =>
    breakdown.reduce((sum, { part, limit }) => sum + (parts.includes(part) ? limit : 0), 0)
  return {
    kind: 'capped',
    included: sizeOf('included'),
    oneCycle: sizeOf('one_cycle_granted', 'one_cycle_purchased'),
    permanent: sizeOf('permanent_granted', 'permanent_purchased'),
  }
}
