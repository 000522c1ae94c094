export type { AgentCard, AgentDetail, AgentSort, TagCount } from './schema.ts'
export type { AgentLookup, AgentPage, AgentQuery, CatalogHome, CatalogServices } from './services.ts'
