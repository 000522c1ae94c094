export { holdAgainstCaps } from './hold-against-caps.ts'
export type { GateDeps } from './hold-against-caps.ts'
export type { Costs } from './rules/claim.ts'
export { readRenewalsAgain } from './taken.ts'
