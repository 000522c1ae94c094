import { limitPartNames } from './limit.ts'
import type { LimitPartName, LimitParts } from './limit.ts'

export interface PartUse {
  readonly part: LimitPartName
  readonly limit: number
  readonly used: number
  readonly remaining: number
}

/**
 * How far each part of a limit is drawn: included first, then one-cycle, then permanent, granted before purchased. Use
 * past the limit, as after a switch to a smaller tier, is in no part. Parts of zero units are left out.
 */
export function breakdownOf({ used, parts }: { used: number; parts: LimitParts }): readonly PartUse[] {
  let undrawn = used
  return limitPartNames
    .map((part) => {
      const limit = parts[part]
      const drawn = Math.min(undrawn, limit)
      undrawn -= drawn
      return { part, limit, used: drawn, remaining: limit - drawn }
    })
    .filter(({ limit }) => limit > 0)
}
