import type { BetterAuthPlugin } from 'better-auth'
import { recordMethods } from './record-methods.ts'
import { authenticationSchema } from './schema.ts'

/** A better-auth plugin that notes with each session how its person signed in, as it begins. */
export const authenticationMethods = () =>
  ({
    id: 'authentication-methods',
    schema: authenticationSchema,
    init: () => ({
      options: { databaseHooks: { session: { create: { before: recordMethods } } } },
    }),
  }) satisfies BetterAuthPlugin
