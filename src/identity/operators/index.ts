export { grantOperator, revokeOperator } from './grant.ts'
export { pendingDays } from './pending-grant.ts'
