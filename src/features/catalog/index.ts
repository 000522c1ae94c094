export { catalogJobs } from './jobs.ts'
export { createCatalogServices } from './services.ts'
export { listCollections } from './collections/collections.ts'
export { refreshAgentSearch } from './refresh-agent-search.ts'
export { getAgent } from './get-agent.ts'
export { catalogRoutes } from './routes.ts'
export { searchAgents } from './search-agents.ts'
export {
  agentCardSchema,
  agentDetailSchema,
  availabilitySchema,
  priceModelSchema,
  queryCharactersMax,
  slugSchema,
  sortSchema,
  tagCountSchema,
  tagFiltersMax,
} from './schema.ts'
export { seedCatalogue } from './seed-catalogue.ts'
export { isShownReview } from './search/who-counts.ts'
export { refreshOutdatedSearch } from './refresh-outdated-search.ts'
export { recountTerms } from './search/terms.ts'
export type { RankingExplanation } from './explain-ranking.ts'
export type { AgentCard, AgentDetail, AgentSort, Availability, PriceModel, RankingReason, TagCount } from './schema.ts'
export type { AgentLookup } from './get-agent.ts'
export type { CatalogHome, Release } from './home.ts'
export type { AgentPage, AgentQuery, CatalogServices, Relaxation } from './services.ts'
export type { EntryFacts } from './entries/services.ts'
export type { Changelog } from './changelog/read-changelog.ts'
export type { Publisher } from './publishers/find-publisher.ts'
export type { Collection, CollectionSummary } from './collections/collections.ts'
export type { ComparedAgent, Comparison } from './compare/compare-agents.ts'
