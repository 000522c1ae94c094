import type { BetterAuthPlugin } from 'better-auth'

/**
 * Constraints and indexes that the plugins leave out, added the way better-auth means it: by configuration, never in the
 * generated file. A model's fields and indexes merge across plugins in order, so this one comes after those it refines.
 */
export const schemaConstraints = () =>
  ({
    id: 'schema-constraints',
    schema: {
      account: {
        fields: {},
        indexes: [{ fields: ['providerId', 'accountId'], unique: true }],
      },
      verification: {
        fields: {},
        // Every look-up also deletes what has expired.
        indexes: [{ fields: ['expiresAt'] }],
      },
      member: {
        modelName: 'organizationMember',
        fields: {
          // The unique index below starts with it, so it needs none of its own.
          organizationId: {
            type: 'string',
            required: true,
            references: { model: 'organization', field: 'id', onDelete: 'cascade' },
          },
        },
        indexes: [{ fields: ['organizationId', 'userId'], unique: true }],
      },
      invitation: {
        modelName: 'organizationInvitation',
        fields: {},
        indexes: [{ fields: ['inviterId'] }],
      },
      passkey: {
        fields: {
          // A credential id names one authenticator of one person (WebAuthn §7.1, step 26).
          credentialID: { type: 'string', required: true, unique: true },
        },
      },
      oauthClient: {
        fields: {
          // An agent's credentials must outlive the person who happened to create them.
          userId: {
            type: 'string',
            required: false,
            references: { model: 'user', field: 'id', onDelete: 'set null' },
            index: true,
          },
          referenceId: { type: 'string', required: false, index: true },
          // RFC 9126 §6: its requests count only when they were pushed.
          requirePushedAuthorizationRequests: { type: 'boolean', required: true, defaultValue: false, input: false },
        },
      },
      oauthClientResource: {
        fields: {
          clientId: {
            type: 'string',
            required: true,
            references: { model: 'oauthClient', field: 'clientId', onDelete: 'cascade' },
          },
        },
      },
      oauthConsent: {
        fields: {
          // Consent is always a person's; the provider declares it optional, which a unique index may not be.
          userId: { type: 'string', required: true, references: { model: 'user', field: 'id', onDelete: 'cascade' } },
        },
        indexes: [{ fields: ['userId', 'clientId'], unique: true }],
      },
      oauthClientAssertion: {
        fields: {},
        indexes: [{ fields: ['expiresAt'] }],
      },
      deviceCode: {
        fields: {
          userId: {
            type: 'string',
            required: false,
            references: { model: 'user', field: 'id', onDelete: 'cascade' },
            index: true,
          },
        },
      },
    },
  }) satisfies BetterAuthPlugin
