import { findCollection, listCollections } from './collections/collections.ts'
import type { Collection, CollectionSummary } from './collections/collections.ts'
import { findAlternatives } from './compare/alternatives.ts'
import { compareAgents } from './compare/compare-agents.ts'
import type { Comparison } from './compare/compare-agents.ts'
import type { Reader } from './reader.ts'
import type { AgentCard } from './schema.ts'
import type { Suggestions } from './suggest/schema.ts'
import { suggest } from './suggest/suggest.ts'

/** What the shop's front reads beside searching and single agents. */
export interface StorefrontServices {
  collections(): Promise<CollectionSummary[]>
  collection(slug: string): Promise<Collection | undefined>
  /** Three agents at most; see the result for what was left out. */
  compare(slugs: readonly string[]): Promise<Comparison>
  /** Agents like these, to compare them with. */
  alternatives(slugs: readonly string[]): Promise<AgentCard[]>
  suggest(typed: string): Promise<Suggestions>
}

export const createStorefrontServices = (deps: { readonly db: Reader }): StorefrontServices => ({
  collections: () => listCollections(deps),
  collection: (slug) => findCollection(deps, slug),
  compare: (slugs) => compareAgents(deps, slugs),
  alternatives: (slugs) => findAlternatives(deps, slugs),
  suggest: (typed) => suggest(deps, typed),
})
