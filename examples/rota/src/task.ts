import { createHash } from 'node:crypto'
import type { Task } from './plan.ts'

export const charactersMax = 4_000
const shiftsMax = 60
const peopleMax = 30

/** What somebody typed: shifts one to a line, people as "Ada: Mon early, Tue late" with what they can't work. */
export function readTask({
  shifts: shiftLines,
  people: peopleLines,
}: {
  shifts: string
  people: string
}): Task | string {
  const shifts = linesOf(shiftLines)
  const people = linesOf(peopleLines).map((line) => {
    const [name = '', cannot = ''] = line.split(/:(.*)/su)
    return {
      name: name.trim(),
      cannot: cannot
        .split(',')
        .map((shift) => shift.trim())
        .filter((shift) => shift !== ''),
    }
  })
  if (shifts.length === 0) return 'There is no shift to plan.'
  if (people.length === 0) return 'There is nobody to plan with.'
  if (shifts.length > shiftsMax) return `At most ${shiftsMax} shifts fit in one rota.`
  if (people.length > peopleMax) return `At most ${peopleMax} people fit in one rota.`
  const places = new Map(shifts.map((shift, place) => [shift.toLowerCase(), place]))
  if (places.size < shifts.length) return 'Two shifts have the same name.'
  const unknown = people.flatMap(({ cannot }) => cannot).find((shift) => !places.has(shift.toLowerCase()))
  if (unknown !== undefined) return `No shift is called “${unknown}”.`
  return {
    shifts,
    people: people.map(({ name, cannot }) => ({
      name,
      cannot: new Set(cannot.flatMap((shift) => places.get(shift.toLowerCase()) ?? [])),
    })),
  }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

interface SentForm {
  readonly requestId: string
  readonly shifts: string
  readonly people: string
}

/**
 * Under what a form is counted: the same form again is counted once, and another task under the same id is another use. Many a
 * task takes the same steps as another, so Rialto alone could not tell.
 */
export const keyOf = ({ requestId, shifts, people }: SentForm): string =>
  createHash('sha256')
    .update(JSON.stringify([requestId, shifts, people]))
    .digest('hex')
