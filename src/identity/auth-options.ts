// The one source of better-auth's options: the running server (auth.ts) and the schema generator (auth.cli.ts) share it,
// so the tables can't differ from what the server expects.
import type { BetterAuthOptions } from 'better-auth'
import { admin, jwt, organization, twoFactor } from 'better-auth/plugins'
import type { OrganizationOptions } from 'better-auth/plugins'
import { oauthDeviceAuthorization, oauthProvider } from '@better-auth/oauth-provider'
import { passkey } from '@better-auth/passkey'
import type { NewId } from '#src/lib/ids.ts'
import { authorizationCodes } from './authorization-codes/index.ts'
import { schemaConstraints } from './schema-constraints.ts'

/** What differs between a running server and the generator of the schema. */
export interface AuthSetting {
  /** Origin without a trailing slash; the issuer is `{baseUrl}/api/auth`. */
  readonly baseUrl: string
  readonly secret: string
  readonly newId: NewId
  /**
   * Audiences tokens can be asked for (RFC 8707), such as `{baseUrl}/api`. The provider writes them to the database as
   * soon as it starts, so the generator, which has none, passes an empty list.
   */
  readonly audiences: readonly string[]
  readonly sendInvitation?: NonNullable<OrganizationOptions['sendInvitationEmail']>
}

const oauthScopes = ['openid', 'profile', 'email', 'offline_access', 'usage:read', 'usage:write'] as const

export const authOptions = (setting: AuthSetting) =>
  ({
    appName: 'Rialto',
    baseURL: setting.baseUrl,
    basePath: '/api/auth',
    secret: setting.secret,
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true },
    // The jwt plugin's own token endpoint would mint tokens past the OAuth provider's rules.
    disabledPaths: ['/token'],
    advanced: {
      // Always a function. The string 'uuid' makes the adapter replace ids that the provider derives from a proof, and
      // then single-use assertions and DPoP proofs are accepted again (docs/decisions/004-auth-ids.md).
      database: { generateId: () => setting.newId() },
    },
    rateLimit: { storage: 'database' },
    verification: {
      // Tokens that open an account are kept as hashes; codes come already hashed, by the provider.
      storeIdentifier: { default: 'plain', overrides: { 'reset-password:': 'hashed', 'delete-account-': 'hashed' } },
    },
    plugins: [
      organization({
        schema: { member: { modelName: 'organizationMember' }, invitation: { modelName: 'organizationInvitation' } },
        ...(setting.sendInvitation === undefined ? {} : { sendInvitationEmail: setting.sendInvitation }),
      }),
      admin(),
      twoFactor(),
      passkey({ rpName: 'Rialto', rpID: new URL(setting.baseUrl).hostname, origin: setting.baseUrl }),
      jwt({
        // Else reading a session signs a JWT each time, which is most of its cost and passes the provider's rules by.
        disableSettingJwtHeader: true,
        jwks: { keyPairConfig: { alg: 'ES256' } },
      }),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        scopes: [...oauthScopes],
        resources: [...setting.audiences],
        // A client belongs to the publishing organization, not to the member who created it.
        clientReference: ({ session }) => activeOrganizationOf(session),
      }),
      oauthDeviceAuthorization({ verificationUri: '/device' }),
      authorizationCodes(),
      schemaConstraints(),
    ],
  }) satisfies BetterAuthOptions

function activeOrganizationOf(session: Record<string, unknown> | undefined): string | undefined {
  const id = session?.['activeOrganizationId']
  return typeof id === 'string' ? id : undefined
}
