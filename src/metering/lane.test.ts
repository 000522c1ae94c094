import { describe, expect, it } from 'vitest'
import { createLane } from './lane.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a lane', () => {
  it('starts at once, and what arrives meanwhile is the next batch', async () => {
    const batches: number[][] = []
    const first = Promise.withResolvers<void>()
    const lane = createLane<number>({
      batchMax: 10,
      work: async (items) => {
        batches.push(items)
        if (batches.length === 1) await first.promise
      },
    })
    lane.push(1)
    await turn()
    await turn()
    lane.push(2)
    lane.push(3)
    expect(batches).toEqual([[1]])
    expect(lane.length).toBe(2)
    first.resolve()
    await lane.idle()
    expect(batches).toEqual([[1], [2, 3]])
    lane.push(4)
    await lane.idle()
    expect(batches).toEqual([[1], [2, 3], [4]])
  })

  it('never takes more at once than it may', async () => {
    const sizes: number[] = []
    const lane = createLane<number>({ batchMax: 4, work: async (items) => void sizes.push(items.length) })
    for (let item = 0; item < 10; item++) lane.push(item)
    await lane.idle()
    expect(sizes).toEqual([4, 4, 2])
  })
})
