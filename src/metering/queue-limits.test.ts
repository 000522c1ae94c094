import { describe, expect, it } from 'vitest'
import { createQueueLimits } from './queue-limits.ts'

describe('the queue', () => {
  it('keeps a greedy agent to its share while others get in, and refuses all when it is full', async () => {
    const queue = createQueueLimits({ waitingMax: 3, agentWaitingMax: 2 })
    const work = Promise.withResolvers<string>()
    const admitted = [1, 2].map(() => queue.admit('greedy', () => work.promise))
    await expect(queue.admit('greedy', async () => 'x')).rejects.toMatchObject({ code: 'rate_limited' })
    const other = queue.admit('other', () => work.promise)
    await expect(queue.admit('third', async () => 'x')).rejects.toMatchObject({
      code: 'unavailable',
      details: { retryAfterSeconds: 1 },
    })
    work.resolve('done')
    expect(await Promise.all([...admitted, other])).toEqual(['done', 'done', 'done'])
    expect(await queue.admit('greedy', async () => 'again')).toBe('again')
  })

  it('makes room again after a failure', async () => {
    const queue = createQueueLimits({ waitingMax: 1, agentWaitingMax: 1 })
    await expect(queue.admit('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await queue.admit('a', async () => 1)).toBe(1)
  })
})
