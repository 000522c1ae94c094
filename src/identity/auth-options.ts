// The one source of better-auth's options: the running server (auth.ts) and the schema generator (auth.cli.ts) share it,
// so the tables can't differ from what the server expects.
import type { BetterAuthOptions } from 'better-auth'
import { admin, jwt, organization, twoFactor } from 'better-auth/plugins'
import type { JwtOptions, OrganizationOptions } from 'better-auth/plugins'
import { oauthDeviceAuthorization, oauthProvider } from '@better-auth/oauth-provider'
import { passkey } from '@better-auth/passkey'
import { passkeyRules } from './passkey-rules.ts'
import type { NewId } from '#src/lib/ids.ts'
import { authenticationMethods } from './authentication/index.ts'
import { authorizationCodes } from './authorization-codes/index.ts'
import { proofSecondsMax } from './guards/dpop.ts'
import { hashClientSecret, isClientSecret } from './provider/client-secret.ts'
import { grantHeader } from './provider/form.ts'
import { accessTokenSeconds } from './provider/issue-machine-token.ts'
import { audiencesOf } from './provider/resources.ts'
import { oauthScopes, registeredScopes } from './provider/scopes.ts'
import { schemaConstraints } from './schema-constraints.ts'
import { signingAlgorithm } from './signing-keys/stored-key.ts'

/** What differs between a running server and the generator of the schema. */
export interface AuthSetting {
  /** Origin without a trailing slash; the issuer is `{baseUrl}/api/auth`. */
  readonly baseUrl: string
  readonly secret: string
  readonly newId: NewId
  /** Where the keys come from that sign tokens, their private halves readable; the generator has none. */
  readonly signingKeys?: JwtOptions['adapter']
  readonly sendInvitation?: NonNullable<OrganizationOptions['sendInvitationEmail']>
}

/** How long a person may take over our sign-in and consent pages; the code itself lives shorter (record-issue.ts). */
const requestSeconds = 600
const dropLimits = {
  token: false,
  authorize: false,
  introspect: false,
  revoke: false,
  register: false,
  userinfo: false,
} as const

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
      passkey({
        rpName: 'Rialto',
        rpID: new URL(setting.baseUrl).hostname,
        origin: setting.baseUrl,
        ...passkeyRules,
      }),
      jwt({
        // Else reading a session signs a JWT each time, which is most of its cost and passes the provider's rules by.
        disableSettingJwtHeader: true,
        // Made, rotated and kept readable by signing-keys/: the plugin would read and decrypt them for each token, and its next
        // key would sign before anybody could have seen it.
        jwks: { keyPairConfig: { alg: signingAlgorithm }, disablePrivateKeyEncryption: true },
        ...(setting.signingKeys !== undefined && { adapter: setting.signingKeys }),
      }),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        // Only when the agent asks for it, by prompt=select_account.
        selectAccount: { page: '/sign-in', shouldRedirect: () => false },
        scopes: [...oauthScopes],
        // The audiences are written by ensureResources (provider/resources.ts), and every client may ask for each: being
        // linked to one would let an agent introspect the tokens of all others.
        enforcePerClientResources: false,
        // Written once by us and changed by nobody, so each token need not read its row again.
        cachedResources: new Set(Object.values(audiencesOf(setting.baseUrl))),
        // Open to anybody: what stands before it is in provider/register.ts.
        allowDynamicClientRegistration: true,
        allowUnauthenticatedClientRegistration: true,
        clientRegistrationDefaultScopes: [...registeredScopes],
        codeExpiresIn: requestSeconds,
        accessTokenExpiresIn: accessTokenSeconds,
        m2mAccessTokenExpiresIn: accessTokenSeconds,
        storeClientSecret: {
          hash: async (secret) => hashClientSecret(secret),
          verify: async (...pair) => isClientSecret(...pair),
        },
        // The provider's own limits count an agent's backend as one visitor: 20 tokens a minute for all of its people.
        rateLimit: dropLimits,
        dpop: { proofMaxAgeSeconds: proofSecondsMax },
        customIdTokenClaims: ({ user, scopes }) => ({
          ...(scopes.includes('email') && emailOf(user)),
          ...(scopes.includes('profile') && { name: user.name }),
        }),
        extensions: [{ claims: { accessToken: ({ ctx }) => grantOf(ctx.request) } }],
      }),
      oauthDeviceAuthorization({ verificationUri: '/device' }),
      authenticationMethods(),
      authorizationCodes(),
      schemaConstraints(),
    ],
  }) satisfies BetterAuthOptions

/** Many libraries read address and name from the ID token, and never call UserInfo. */
const emailOf = ({ email, emailVerified }: { email: string; emailVerified: boolean }) => ({
  email,
  email_verified: emailVerified,
})

/** Which grant the token belongs to, as the token endpoint found out. */
function grantOf(request: Request | undefined): Record<string, string> {
  const id = request?.headers.get(grantHeader)
  return id === null || id === undefined ? {} : { grant_id: id }
}
