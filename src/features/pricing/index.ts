export { grantAddon } from './addons/grant-addon.ts'
export { pricingJobs } from './jobs.ts'
export { pricingRoutes } from './routes.ts'
