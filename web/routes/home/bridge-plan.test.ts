import { describe, expect, it } from 'vitest'
import { type BridgePlan, narrowBridge, wideBridge } from './bridge-plan.ts'

describe('the bridge', () => {
  it('has seven shops a side, and three on a phone', () => {
    expect(wideBridge.bays).toHaveLength(14)
    expect(narrowBridge.bays).toHaveLength(6)
  })

  it.each<[string, BridgePlan]>([
    ['wide', wideBridge],
    ['narrow', narrowBridge],
  ])('keeps every shop of the %s bridge apart, inside the drawing, and level with its mirror', (_, plan) => {
    const xs = plan.bays.map((bay) => bay.tileX)
    for (const [place, x] of xs.entries()) {
      const next = xs[place + 1] ?? Number.POSITIVE_INFINITY
      expect(next - x).toBeGreaterThan(plan.tile)
      expect(x).toBeGreaterThan(0)
      expect(x + plan.tile).toBeLessThan(plan.width)
      expect(plan.bays[place]?.tileY).toBeCloseTo(plan.bays[xs.length - 1 - place]?.tileY ?? Number.NaN)
    }
  })
})
