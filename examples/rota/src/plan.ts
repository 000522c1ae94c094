// Plans a rota: who works which shift. Nobody works a shift they can't, nor two that follow each other, and nobody works more
// than fairness asks for. How many steps that takes is known only afterwards.

export interface Person {
  readonly name: string
  /** Places of the shifts that they can't work. */
  readonly cannot: ReadonlySet<number>
}

export interface Task {
  readonly shifts: readonly string[]
  readonly people: readonly Person[]
}

export type Plan = { readonly steps: number } & (
  | { readonly state: 'planned'; /** By shift, the place of its person. */ readonly assigned: readonly number[] }
  /** There is none, whoever works how much. */
  | { readonly state: 'impossible' }
  /** The steps it was given are used. */
  | { readonly state: 'unfinished' }
)

/** Tries to share the shifts as evenly as can be, in `stepsMax` steps at most. The same task takes the same steps each time. */
export function plan({ shifts, people }: Task, stepsMax: number): Plan {
  let steps = 0
  if (people.length === 0 || shifts.length === 0) return { state: 'impossible', steps }
  for (let most = Math.ceil(shifts.length / people.length); most <= shifts.length; most++) {
    const assigned = shifts.map(() => -1)
    const load = people.map(() => 0)

    const candidates = (shift: number): number[] =>
      people.flatMap(({ cannot }, place) =>
        cannot.has(shift) || load[place] === most || assigned[shift - 1] === place || assigned[shift + 1] === place
          ? []
          : [place],
      )
    const search = (open: readonly number[]): 'planned' | 'stuck' | 'unfinished' => {
      if (open.length === 0) return 'planned'
      // The shift that the fewest can work first: what can't be filled shows soonest.
      const choices = open.map((shift) => ({ shift, who: candidates(shift) }))
      const tightest = choices.reduce((least, choice) => (choice.who.length < least.who.length ? choice : least))
      const rest = open.filter((shift) => shift !== tightest.shift)
      for (const place of tightest.who.toSorted((a, b) => (load[a] ?? 0) - (load[b] ?? 0) || a - b)) {
        if (steps === stepsMax) return 'unfinished'
        steps += 1
        assigned[tightest.shift] = place
        load[place] = (load[place] ?? 0) + 1
        const found = search(rest)
        if (found !== 'stuck') return found
        assigned[tightest.shift] = -1
        load[place] = (load[place] ?? 0) - 1
      }
      return 'stuck'
    }
    const found = search(shifts.map((_, shift) => shift))
    if (found === 'planned') return { state: 'planned', assigned, steps }
    if (found === 'unfinished') return { state: 'unfinished', steps }
  }
  return { state: 'impossible', steps }
}
