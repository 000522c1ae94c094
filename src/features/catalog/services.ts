import type { AgentCard, AgentDetail, AgentSort, TagCount } from './schema.ts'

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

export type AgentLookup =
  | { readonly kind: 'found'; readonly agent: AgentDetail }
  | { readonly kind: 'moved'; readonly slug: string }
  | { readonly kind: 'missing' }

export interface CatalogHome {
  /** Agents for the shops of the bridge: the best by quality. */
  readonly bays: AgentCard[]
  readonly newest: AgentCard[]
  readonly tags: TagCount[]
  readonly agentCount: number
}

/** Everything the pages read of the catalogue. */
export interface CatalogServices {
  search(query: AgentQuery): Promise<AgentPage>
  getAgent(slug: string): Promise<AgentLookup>
  home(): Promise<CatalogHome>
}
