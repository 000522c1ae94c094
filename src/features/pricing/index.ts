export { pricingJobs } from './jobs.ts'
export { pricingRoutes } from './routes.ts'
