import { getAgent } from './get-agent.ts'
import type { AgentLookup } from './get-agent.ts'
import { home } from './home.ts'
import { findLaunchUri } from './find-launch-uri.ts'
import type { Reader } from './reader.ts'
import type { AgentCard, AgentSort, TagCount } from './schema.ts'
import { searchAgents } from './search-agents.ts'
import { createStorefrontServices } from './storefront-services.ts'
import type { StorefrontServices } from './storefront-services.ts'

export interface AgentQuery {
  /** What the visitor typed; cut to 200 characters and 8 words. */
  readonly q?: string | undefined
  /** Tag slugs; an agent must have all of them. */
  readonly tags: readonly string[]
  /** With `q` empty, relevance is quality (see the ranking formula) alone. */
  readonly sort: AgentSort
  /** From an earlier page of the same query; `AppError('invalid_request')` when it is not one. */
  readonly cursor?: string | undefined
  /** True: words that no agent has are not corrected. */
  readonly exact?: boolean | undefined
}

export interface AgentPage {
  readonly items: AgentCard[]
  /** `isExact: false`: an estimate, to be shown as "about". */
  readonly total: { readonly count: number; readonly isExact: boolean }
  readonly nextCursor: string | null
  readonly previousCursor: string | null
  /** Counts of the tags within the result, commonest first; estimates when the total is one. */
  readonly facets: { readonly tags: TagCount[] }
  /** Both or neither: what was typed, and what was searched for instead. */
  readonly correctedFrom?: string
  readonly correctedTo?: string
}

export interface CatalogHome {
  /** Agents for the shops of the bridge: the best by quality. */
  readonly bays: AgentCard[]
  readonly newest: AgentCard[]
  readonly tags: TagCount[]
  readonly agentCount: number
}

/** Everything the pages read of the catalogue. */
export interface CatalogServices extends StorefrontServices {
  search(query: AgentQuery): Promise<AgentPage>
  getAgent(slug: string): Promise<AgentLookup>
  home(): Promise<CatalogHome>
  /** Where "Launch" leads; undefined when the agent can't be launched. */
  findLaunchUri(slug: string): Promise<string | undefined>
}

/** Agents on a page of results: fills rows of two, three and four. */
const agentsPerPage = 24

export const createCatalogServices = (deps: { readonly db: Reader }): CatalogServices => ({
  ...createStorefrontServices(deps),
  search: (query) => searchForPage(deps, query),
  getAgent: (slug) => getAgent(deps, slug),
  home: () => home(deps),
  findLaunchUri: (slug) => findLaunchUri(deps, slug),
})

async function searchForPage(deps: { readonly db: Reader }, query: AgentQuery): Promise<AgentPage> {
  const { facets, correction, ...page } = await searchAgents(deps, {
    q: query.q ?? '',
    tags: query.tags,
    sort: query.sort,
    cursor: query.cursor,
    isExact: query.exact ?? false,
    limit: agentsPerPage,
    withFacets: true,
  })
  return {
    items: page.items,
    total: facets?.total ?? { count: page.items.length, isExact: true },
    nextCursor: page.nextCursor ?? null,
    previousCursor: page.previousCursor ?? null,
    facets: { tags: facets?.tags ?? [] },
    ...(correction === undefined ? {} : { correctedFrom: correction.from, correctedTo: correction.to }),
  }
}
