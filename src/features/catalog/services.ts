import { getAgent } from './get-agent.ts'
import type { Database } from '#src/db/client.ts'
import { readChangelog } from './changelog/read-changelog.ts'
import type { Changelog } from './changelog/read-changelog.ts'
import { createEntryServices } from './entries/services.ts'
import type { EntryServices } from './entries/services.ts'
import { explainRanking } from './explain-ranking.ts'
import type { RankingExplanation } from './explain-ranking.ts'
import type { AgentLookup } from './get-agent.ts'
import { findPublisher } from './publishers/find-publisher.ts'
import type { Publisher } from './publishers/find-publisher.ts'
import { home } from './home.ts'
import type { CatalogHome } from './home.ts'
import { findLaunchUri } from './find-launch-uri.ts'
import { commonestTags } from './list-tags.ts'
import type { AgentFilters, AgentSort, TagCount } from './schema.ts'
import { searchAgents } from './search-agents.ts'
import type { FoundAgent } from './search-agents.ts'
import { readInTime } from './search/bounded.ts'
import type { Facets } from './search/facets.ts'
import { relax } from './search/relax.ts'
import type { Relaxation } from './search/relax.ts'
import { createStorefrontServices } from './storefront-services.ts'
import type { StorefrontServices } from './storefront-services.ts'

export interface AgentQuery extends AgentFilters {
  /** What the visitor typed; cut to 200 characters and 8 words. */
  readonly q?: string | undefined
  /** With `q` empty, relevance is quality (see the ranking formula) alone. */
  readonly sort: AgentSort
  /** From an earlier page of the same query; `AppError('invalid_request')` when it is not one. */
  readonly cursor?: string | undefined
  /** True: words that no agent has are not corrected. */
  readonly exact?: boolean | undefined
}

export type { Relaxation } from './search/relax.ts'

export interface AgentPage {
  /** With words by relevance, each says why it stands there. */
  readonly items: FoundAgent[]
  /** `isExact: false`: an estimate, to be shown as "about". */
  readonly total: { readonly count: number; readonly isExact: boolean }
  readonly nextCursor: string | null
  readonly previousCursor: string | null
  /** How many agents have what; estimates when the total is one. */
  readonly facets: Omit<Facets, 'total'>
  /** Both or neither: what was typed, and what was searched for instead. */
  readonly correctedFrom?: string
  readonly correctedTo?: string
}

/** Everything the pages read and change of the catalogue. */
export interface CatalogServices extends StorefrontServices, EntryServices {
  /** `AppError('search_timeout')` for what would take longer than a search may. */
  search(query: AgentQuery): Promise<AgentPage>
  /** What the same words find with one filter less, for each in force, and at last without all of them. */
  relax(query: AgentQuery): Promise<Relaxation[]>
  /** The ranking formula as it is, with agents it was computed for. */
  explainRanking(): Promise<RankingExplanation>
  getAgent(slug: string): Promise<AgentLookup>
  /** What changed in an agent, the newest first; `after` is a version. Undefined: it has no page. */
  changelog(which: Parameters<typeof readChangelog>[1]): Promise<Changelog | undefined>
  /** Undefined: there is no such organization, or nothing of it is listed. */
  publisher(which: Parameters<typeof findPublisher>[1]): Promise<Publisher | undefined>
  home(): Promise<CatalogHome>
  /** 40 at most; estimates beyond 5,000 agents. */
  commonestTags(): Promise<TagCount[]>
  /** Where "Launch" leads; undefined when the agent can't be launched. */
  findLaunchUri(slug: string): Promise<string | undefined>
}

/** Agents on a page of results: fills rows of two, three and four. */
const agentsPerPage = 24

export const createCatalogServices = (deps: { readonly db: Database }): CatalogServices => ({
  ...createStorefrontServices(deps),
  ...createEntryServices(deps),
  search: (query) => searchForPage(deps, query),
  relax: ({ q = '', exact = false, tags, prices, hasTrial, isVerified, statuses }) =>
    readInTime(deps.db, (reader) =>
      relax(reader, { q, filters: { tags, prices, hasTrial, isVerified, statuses }, isExact: exact }),
    ),
  explainRanking: () => explainRanking(deps),
  getAgent: (slug) => getAgent(deps, slug),
  changelog: (which) => readChangelog(deps, which),
  publisher: (which) => findPublisher(deps, which),
  home: () => home(deps),
  commonestTags: () => commonestTags(deps),
  findLaunchUri: (slug) => findLaunchUri(deps, slug),
})

async function searchForPage(deps: { readonly db: Database }, query: AgentQuery): Promise<AgentPage> {
  const { facets, correction, ...page } = await searchAgents(deps, {
    ...query,
    q: query.q ?? '',
    cursor: query.cursor,
    isExact: query.exact ?? false,
    limit: agentsPerPage,
    withFacets: true,
    withReasons: true,
  })
  if (facets === undefined) throw new Error('facets were asked for and not counted')
  const { total, ...counts } = facets
  return {
    items: page.items,
    total,
    nextCursor: page.nextCursor ?? null,
    previousCursor: page.previousCursor ?? null,
    facets: counts,
    ...(correction === undefined ? {} : { correctedFrom: correction.from, correctedTo: correction.to }),
  }
}
