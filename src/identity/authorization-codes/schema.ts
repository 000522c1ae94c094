import type { BetterAuthPluginDBSchema } from '@better-auth/core/db'

/**
 * `oauthAuthorizationCode`: one row per authorization code, kept past its redemption.
 * The provider deletes its own record of a code when it is redeemed, so on its own it can't tell a replay from a guess.
 */
export const authorizationCodeSchema = {
  oauthAuthorizationCode: {
    fields: {
      // Also the `authorizationCodeId` of every token the code yields, so a replay can find them all.
      codeHash: { type: 'string', required: true, unique: true },
      clientId: {
        type: 'string',
        required: true,
        references: { model: 'oauthClient', field: 'clientId', onDelete: 'cascade' },
        index: true,
      },
      userId: {
        type: 'string',
        required: true,
        references: { model: 'user', field: 'id', onDelete: 'cascade' },
        index: true,
      },
      // The code outlives the session: a replay after sign-out must still be recognised.
      sessionId: {
        type: 'string',
        required: false,
        references: { model: 'session', field: 'id', onDelete: 'set null' },
        index: true,
      },
      scopes: { type: 'string[]', required: true },
      resources: { type: 'string[]', required: false },
      redirectUri: { type: 'string', required: false },
      expiresAt: { type: 'date', required: true, index: true },
      // Set by the one request that may redeem the code, before anything is issued for it.
      claimedAt: { type: 'date', required: false },
      redeemedAt: { type: 'date', required: false },
      replayedAt: { type: 'date', required: false },
      replayCount: { type: 'number', required: true, defaultValue: 0 },
      // The row is the grant that the code began: from here on none of its tokens counts, however often it was refreshed.
      revokedAt: { type: 'date', required: false },
      // How and when the person had signed in, which every token of the grant says (RFC 9470 §6); null where nobody noted it.
      acr: { type: 'string', required: false },
      amr: { type: 'string[]', required: false },
      authenticatedAt: { type: 'date', required: false },
      createdAt: { type: 'date', required: true, defaultValue: () => new Date() },
    },
  },
  oauthRefreshToken: {
    fields: {
      // When the answer with its successor left; in the future while one request is at work on that. Presented later, a
      // rotated token was stolen; presented before, it was only sent twice at once.
      settledAt: { type: 'date', required: false },
    },
  },
} satisfies BetterAuthPluginDBSchema
