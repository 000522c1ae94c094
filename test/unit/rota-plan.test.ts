import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plan } from '../../examples/rota/src/plan.ts'
import { keyOf, readTask } from '../../examples/rota/src/task.ts'

const taskOf = (shifts: string, people: string) => {
  const task = readTask({ shifts, people })
  if (typeof task === 'string') throw new Error(task)
  return task
}

test('a plan gives every shift to somebody who can, nobody two in a row, within its steps', () => {
  const lists = fc.record({
    shifts: fc.integer({ min: 1, max: 14 }),
    people: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 13 }), { maxLength: 6 }), { minLength: 1, maxLength: 6 }),
    stepsMax: fc.integer({ min: 0, max: 2_000 }),
  })
  fc.assert(
    fc.property(lists, ({ shifts, people, stepsMax }) => {
      const task = {
        shifts: Array.from({ length: shifts }, (_, place) => `Shift ${place}`),
        people: people.map((cannot, place) => ({ name: `Person ${place}`, cannot: new Set(cannot) })),
      }
      const found = plan(task, stepsMax)
      expect(found.steps).toBeLessThanOrEqual(stepsMax)
      expect(plan(task, stepsMax)).toEqual(found)
      expect(found.state === 'unfinished' ? found.steps : stepsMax).toBe(stepsMax)
      const assigned = found.state === 'planned' ? found.assigned : []
      expect(assigned).toHaveLength(found.state === 'planned' ? shifts : 0)
      for (const [shift, person] of assigned.entries()) {
        expect(task.people[person]?.cannot.has(shift)).toBe(false)
        expect(assigned[shift + 1]).not.toBe(person)
      }
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('shifts are shared evenly where they can be, and more goes to one person where they can’t', () => {
  const even = plan(taskOf('a\nb\nc\nd', 'Ada\nBen'), 1_000)
  expect(even.state === 'planned' && even.assigned).toEqual([0, 1, 0, 1])
  const uneven = plan(taskOf('a\nb\nc\nd\ne', 'Ada\nBen: b\nCleo: a, c, d, e'), 1_000)
  expect(uneven.state === 'planned' && uneven.assigned.filter((person) => person === 2)).toEqual([2])
})

test('it says that there is none, and that it ran out of steps', () => {
  expect(plan(taskOf('a\nb', 'Ada'), 1_000).state).toBe('impossible')
  expect(plan(taskOf('a\nb', 'Ada: a\nBen: a'), 1_000).state).toBe('impossible')
  expect(plan(taskOf('a\nb\nc', 'Ada\nBen'), 1)).toEqual({ state: 'unfinished', steps: 1 })
})

test.each([
  ['', 'Ada', 'There is no shift to plan.'],
  ['a', ' \n', 'There is nobody to plan with.'],
  ['a\nA', 'Ada', 'Two shifts have the same name.'],
  ['a', 'Ada: b', 'No shift is called “b”.'],
  ['a\n'.repeat(61), 'Ada', 'At most 60 shifts fit in one rota.'],
])('shifts %j and people %j are refused: %s', (shifts, people, problem) => {
  expect(readTask({ shifts, people })).toBe(problem)
})

test('a form that is sent again is counted under one key, and another task under the same id under its own', () => {
  const form = { requestId: 'one', shifts: 'Mon\nTue', people: 'Ada\nBen' }
  expect(keyOf({ ...form })).toBe(keyOf(form))
  const others = [
    { shifts: 'Mon\nWed' },
    { people: 'Ada\nCleo' },
    { requestId: 'two' },
    { shifts: 'Mon', people: 'Tue\nAda\nBen' },
  ]
  expect(new Set([form, ...others.map((change) => ({ ...form, ...change }))].map(keyOf)).size).toBe(5)
})
