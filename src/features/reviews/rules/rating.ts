/** Ranking counts so many reviews of so much in (catalog/search/quality.ts), so that a first review decides nothing; pages show the same figure. */
const counterweight = { reviews: 10, rating: 3.5 }

/** With fewer, an average says nothing: the agent is "New". */
export const averagedMin = 3

export const stars = [5, 4, 3, 2, 1] as const
export type Stars = (typeof stars)[number]

/** How many shown reviews give how many stars. */
export type Distribution = Readonly<Record<Stars, number>>

export interface Rating {
  /** Shown reviews. */
  readonly count: number
  /** What ranking counts with, to a tenth. Null: too few reviews. */
  readonly rating: number | null
  /** The plain mean, to a tenth. Null: too few reviews. */
  readonly mean: number | null
  readonly distribution: Distribution
}

export function ratingOf(distribution: Distribution): Rating {
  const count = stars.reduce((sum, star) => sum + distribution[star], 0)
  const total = stars.reduce((sum, star) => sum + star * distribution[star], 0)
  if (count < averagedMin) return { count, rating: null, mean: null, distribution }
  const { reviews, rating } = counterweight
  return {
    count,
    rating: toTenth((reviews * rating + total) / (reviews + count)),
    mean: toTenth(total / count),
    distribution,
  }
}

const toTenth = (value: number): number => Math.round(value * 10) / 10
