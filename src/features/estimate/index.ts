export type { Estimate, EstimatedTier } from './read-estimate.ts'
export { createEstimateServices } from './services.ts'
export type { EstimateServices } from './services.ts'
