import { describe, expect, it } from 'vitest'
import { createLane } from './lane.ts'

interface Item {
  readonly number: number
  readonly since: number
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const item = (number: number, waitedMs = 0): Item => ({ number, since: performance.now() - waitedMs })
const numbersOf = (items: readonly Item[]): number[] => items.map(({ number }) => number)
const onLate = (): never => {
  throw new Error('Nothing is late here')
}

describe('a lane', () => {
  it('starts at once, and what arrives meanwhile is the next batch', async () => {
    const batches: number[][] = []
    const first = Promise.withResolvers<void>()
    const lane = createLane<Item>({
      batchMax: 10,
      onLate,
      work: async (items) => {
        batches.push(numbersOf(items))
        if (batches.length === 1) await first.promise
      },
    })
    lane.push(item(1))
    await turn()
    await turn()
    lane.push(item(2))
    lane.push(item(3))
    expect(batches).toEqual([[1]])
    expect(lane.length).toBe(2)
    first.resolve()
    await lane.idle()
    expect(batches).toEqual([[1], [2, 3]])
    lane.push(item(4))
    await lane.idle()
    expect(batches).toEqual([[1], [2, 3], [4]])
  })

  it('never takes more at once than it may', async () => {
    const sizes: number[] = []
    const lane = createLane<Item>({ batchMax: 4, onLate, work: async (items) => void sizes.push(items.length) })
    for (let number = 0; number < 10; number++) lane.push(item(number))
    await lane.idle()
    expect(sizes).toEqual([4, 4, 2])
  })

  it('begins another batch beside a running one when half a batch waits, and never with a key that is busy', async () => {
    const batches: number[][] = []
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
    const lane = createLane<Item>({
      batchMax: 4,
      batchesMax: 2,
      onLate,
      keyOf: ({ number }) => (number < 100 ? 'same' : String(number)),
      work: async (items) => {
        batches.push(numbersOf(items))
        await gates[batches.length - 1]?.promise
      },
    })
    lane.push(item(1))
    await turn()
    await turn()
    lane.push(item(101))
    await turn()
    await turn()
    expect(batches).toEqual([[1]])
    lane.push(item(2))
    await turn()
    await turn()
    expect(batches).toEqual([[1], [101]])
    for (const number of [3, 4, 102]) lane.push(item(number))
    await turn()
    await turn()
    expect(batches).toHaveLength(2)
    gates[0]?.resolve()
    await turn()
    expect(batches).toEqual([[1], [101], [2, 3, 4, 102]])
    for (const gate of gates) gate.resolve()
    await lane.idle()
    expect(lane.length).toBe(0)
  })

  it('does not begin what has waited too long', async () => {
    const late: number[] = []
    const worked: number[] = []
    const lane = createLane<Item>({
      batchMax: 2,
      onLate: ({ number }) => void late.push(number),
      work: async (items) => void worked.push(...numbersOf(items)),
    })
    for (const waiting of [item(1, 6_000), item(2, 5_500), item(3, 5_100), item(4, 4_000), item(5)]) lane.push(waiting)
    await lane.idle()
    expect(late).toEqual([1, 2, 3])
    expect(worked).toEqual([4, 5])
  })
})
