import { expect, it, onTestFinished, vi } from 'vitest'
import { createGate } from './gate.ts'

interface Job {
  readonly name: string
  readonly end: () => void
}

const settled = () => new Promise(setImmediate)

/** Work that goes on until it is told to end. */
function createWorks() {
  const begun: Job[] = []
  const gate = createGate({ runningMax: 4, ownMax: 2 })
  return {
    gate,
    namesOf: () => begun.map(({ name }) => name),
    start: (owner: string, name: string) =>
      gate.run(owner, async () => {
        const { promise, resolve } = Promise.withResolvers<void>()
        begun.push({ name, end: resolve })
        await promise
        return name
      }),
    end: async (name: string) => {
      begun.find((job) => job.name === name)?.end()
      await settled()
    },
  }
}

it('keeps room for others where one owner’s work does not end', async () => {
  const { start, namesOf } = createWorks()
  for (const name of ['a1', 'a2', 'a3']) void start('a', name)
  void start('b', 'b1')
  await settled()
  expect(namesOf()).toEqual(['a1', 'a2', 'b1'])
})

it('lets owners in by turns, and each one’s own in order', async () => {
  const { start, end, namesOf } = createWorks()
  for (const owner of ['a', 'b', 'c']) for (const number of [1, 2, 3]) void start(owner, `${owner}${number}`)
  await settled()
  expect(namesOf()).toEqual(['a1', 'a2', 'b1', 'b2'])
  await end('a1')
  await end('a2')
  await end('b1')
  await end('b2')
  expect(namesOf().slice(4)).toEqual(['a3', 'c1', 'b3', 'c2'])
})

it('turns away who has waited too long, and goes on with the others', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { start, end, namesOf } = createWorks()
  const works = ['a1', 'a2', 'a3'].map((name) => start('a', name))
  await settled()
  vi.advanceTimersByTime(5_001)
  const last = start('a', 'a4')
  const refusal = works[2]?.catch((error: unknown) => error)
  await end('a1')
  expect(await refusal).toMatchObject({ code: 'unavailable' })
  expect(namesOf()).toEqual(['a1', 'a2', 'a4'])
  await end('a4')
  expect(await last).toBe('a4')
})

it('frees the place of work that fails', async () => {
  const { gate } = createWorks()
  for (let count = 0; count < 5; count++) {
    await expect(gate.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  }
})
