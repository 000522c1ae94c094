import type { BetterAuthPlugin } from 'better-auth'
import { createAuthMiddleware } from 'better-auth/api'
import { recordIssue } from './record-issue.ts'
import { recordRedemption } from './record-redemption.ts'
import { authorizationCodeSchema } from './schema.ts'

/**
 * A better-auth plugin that owns the table `oauthAuthorizationCode`: which code was issued to whom, when it was redeemed,
 * and whether it was tried again afterwards (RFC 9700 §2.1.1, RFC 6749 §4.1.2).
 */
export const authorizationCodes = () =>
  ({
    id: 'authorization-codes',
    schema: authorizationCodeSchema,
    init: () => ({
      options: { databaseHooks: { verification: { create: { before: recordIssue } } } },
    }),
    hooks: {
      after: [
        {
          matcher: (endpoint) => endpoint.path === '/oauth2/token',
          handler: createAuthMiddleware(recordRedemption),
        },
      ],
    },
  }) satisfies BetterAuthPlugin
