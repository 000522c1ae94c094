export { adjustUsage } from './adjustments/adjust-usage.ts'
export { grantAddon } from './addons/grant-addon.ts'
export {
  agentParam,
  asManager,
  asReader,
  jsonAnswer,
  jsonBody,
  readProblems,
  signedIn,
  writeProblems,
} from './console-routes.ts'
export type { ConsoleRouter } from './console-routes.ts'
export { fieldError } from './field-error.ts'
export { pricingJobs } from './jobs.ts'
export { lockAgent } from './lock-agent.ts'
export { pricingRoutes } from './routes.ts'
export { noticeDays } from './versions/find-due.ts'
export { checkAmount } from './rules/tier-terms.ts'
export { metricSlugSchema } from './schema.ts'
