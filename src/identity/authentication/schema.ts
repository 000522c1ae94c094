import type { BetterAuthPluginDBSchema } from '@better-auth/core/db'

export const authenticationSchema = {
  session: {
    fields: {
      // How its person proved to be themself when it began (RFC 8176); null where nobody noted it.
      amr: { type: 'string[]', required: false, input: false },
    },
  },
} satisfies BetterAuthPluginDBSchema
