import { expect, it, vi } from 'vitest'
import { sharedRead } from './shared-read.ts'

it('asks once for all who ask within the time, and anew after it', async () => {
  let now = 0
  const read = vi.fn<() => Promise<number>>().mockResolvedValueOnce(1).mockResolvedValueOnce(2)
  const shared = sharedRead(read, { ageMsMax: 1_000, now: () => now })
  expect(await Promise.all([shared(), shared()])).toEqual([1, 1])
  now = 1_000
  expect(await shared()).toBe(1)
  now = 1_001
  expect(await shared()).toBe(2)
  expect(read).toHaveBeenCalledTimes(2)
})

it('keeps no failure', async () => {
  const read = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce(2)
  const shared = sharedRead(read, { ageMsMax: 1_000, now: () => 0 })
  await expect(shared()).rejects.toThrow('away')
  expect(await shared()).toBe(2)
})
