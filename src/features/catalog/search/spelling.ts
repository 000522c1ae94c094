/** Shortest and longest terms that a misspelt word may be corrected to. */
const termLettersMin = 3
const termLettersMax = 20
/** Below this, one letter left out leaves too little to go by. */
const deletionLettersMin = 4
/** From here on a word may have two slips. */
const twoSlipsLettersMin = 7

/**
 * What a dictionary term is found by: itself and each form with one letter left out. A typed word with one letter
 * missing, doubled, wrong or swapped shares at least one of these with the term it was meant to be, so candidates come
 * from an index and not from comparing with every term. Empty for terms that nothing is corrected to.
 */
export function variantsOf(term: string): string[] {
  const letters = Array.from(term)
  if (letters.length < termLettersMin || letters.length > termLettersMax || !/^[\p{L}\p{M}]+$/u.test(term)) return []
  return letters.length < deletionLettersMin ? [term] : withOneLeftOut(term)
}

/** What to look up for a typed word, against the variants of terms. */
export const lookupVariants = (word: string): string[] => withOneLeftOut(word)

export const mayHaveTwoSlips = (word: string): boolean => Array.from(word).length >= twoSlipsLettersMin

/** The word and each form of it with one letter left out, without repeats. */
function withOneLeftOut(word: string): string[] {
  const letters = Array.from(word)
  return [...new Set([word, ...letters.map((_, index) => letters.toSpliced(index, 1).join(''))])]
}

export interface Term {
  readonly term: string
  readonly agentCount: number
}

/** The likeliest term for a misspelt word: fewest slips, first letter kept, then commonest. */
export function nearestTerm<T extends Term>(word: string, terms: readonly T[]): T | undefined {
  const slipsMax = mayHaveTwoSlips(word) ? 2 : 1
  return terms
    .map((term) => ({ term, slips: slipsBetween(word, term.term) }))
    .filter(({ slips }) => slips <= slipsMax)
    .map(({ term, slips }) => ({ term, cost: slips + (term.term[0] === word[0] ? 0 : 0.5) }))
    .toSorted(
      (a, b) => a.cost - b.cost || b.term.agentCount - a.term.agentCount || (a.term.term < b.term.term ? -1 : 1),
    )[0]?.term
}

/** Letters added, left out, changed or swapped with their neighbour (optimal string alignment distance). */
export function slipsBetween(a: string, b: string): number {
  const from = Array.from(a)
  const to = Array.from(b)
  let beforePrevious: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [row, letter] of from.entries()) {
    const current = [row + 1]
    for (const [column, other] of to.entries()) {
      let slips = Math.min(
        (previous[column + 1] ?? 0) + 1,
        (current[column] ?? 0) + 1,
        (previous[column] ?? 0) + (letter === other ? 0 : 1),
      )
      const isSwap = row > 0 && column > 0 && letter === to[column - 1] && other === from[row - 1]
      if (isSwap) slips = Math.min(slips, (beforePrevious[column - 1] ?? 0) + 1)
      current.push(slips)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[to.length] ?? 0
}
