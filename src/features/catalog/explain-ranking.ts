import type { Database } from '#src/db/client.ts'
import { commonestTags } from './list-tags.ts'
import type { FoundAgent } from './search-agents.ts'
import { searchAgents } from './search-agents.ts'
import { qualityFormula } from './search/quality.ts'
import { candidatesMax, namesakeFactor, textWeights } from './search/ranked.ts'

/** The numbers of the formula, and what they come to for agents that are really listed. */
export interface RankingExplanation {
  readonly formula: typeof qualityFormula & {
    readonly textWeights: typeof textWeights
    readonly namesakeFactor: number
    readonly candidatesMax: number
  }
  /** The first two of a search for the commonest tag's name; undefined while nothing is listed. */
  readonly example: { readonly q: string; readonly agents: readonly FoundAgent[] } | undefined
}

const exampleAgents = 2

/** Computed by the search itself, so that what is told can't differ from what is done. */
export async function explainRanking({ db }: { readonly db: Database }): Promise<RankingExplanation> {
  const formula = { ...qualityFormula, textWeights, namesakeFactor, candidatesMax }
  const [tag] = await commonestTags({ db })
  if (tag === undefined) return { formula, example: undefined }
  const { items } = await searchAgents(
    { db },
    {
      q: tag.name,
      sort: 'relevance',
      cursor: undefined,
      isExact: true,
      limit: exampleAgents,
      withFacets: false,
      withReasons: true,
    },
  )
  return { formula, example: items.length === 0 ? undefined : { q: tag.name, agents: items } }
}
