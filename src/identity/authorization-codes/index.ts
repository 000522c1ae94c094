import type { BetterAuthPlugin } from 'better-auth'
import { recordIssue } from './record-issue.ts'
import { authorizationCodeSchema } from './schema.ts'

export { claimCode, findCode, noteRedemption } from './claim.ts'
export { recordReplay } from './record-replay.ts'

/**
 * A better-auth plugin that owns the table `oauthAuthorizationCode`: which code was issued to whom. The token endpoint
 * (provider/redeem-code.ts) claims a row before it redeems the code, and notes every later use (RFC 9700 §2.1.1).
 */
export const authorizationCodes = () =>
  ({
    id: 'authorization-codes',
    schema: authorizationCodeSchema,
    init: () => ({
      options: { databaseHooks: { verification: { create: { before: recordIssue } } } },
    }),
  }) satisfies BetterAuthPlugin
