import { betterAuth } from 'better-auth'
import type { BetterAuthOptions } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import type { Database } from '#src/db/client.ts'
import * as schema from '#src/db/schema/index.ts'
import { accountExists, passwordChanged, resetPassword, verifyEmail } from '#src/integrations/mail/index.ts'
import type { MailQueue } from '#src/integrations/mail/index.ts'
import { newId } from '#src/lib/ids.ts'
import type { Log } from '#src/log.ts'
import { createAttemptLimits } from './attempt-limits.ts'
import type { AttemptLimits } from './attempt-limits.ts'
import { sessionVersion } from './session-version.ts'
import { forgetTrustedDevices } from './trusted-devices.ts'
import type { BreachCheck } from './breached-passwords.ts'
import { authLogger } from './auth-log.ts'
import { authOptions } from './auth-options.ts'
import { asPublicRequest, clientAddressHeader, closedEndpoint } from './auth-http.ts'
import { createAccessTokens } from './guards/access-tokens.ts'
import type { AccessTokens } from './guards/access-tokens.ts'
import { applyPendingGrant } from './operators/pending-grant.ts'
import { createPasswordRule, passwordLengthMax, passwordLengthMin } from './password-rules.ts'
import type { PasswordRule } from './password-rules.ts'
import { createBrowserOrigins } from './provider/browser-origins.ts'
import type { ProviderContext } from './provider/context.ts'
import { bodyOf, withoutForm } from './provider/form.ts'
import { answerProvider } from './provider/index.ts'
import { ensureResources } from './provider/resources.ts'
import { createKeyRing } from './signing-keys/index.ts'
import type { KeyRing } from './signing-keys/index.ts'

interface AuthParts {
  readonly config: { readonly authSecret: string }
  /** Origin without a trailing slash; in demo mode known once the port is. */
  readonly baseUrl: string
  readonly db: Database
  readonly mail: MailQueue
  readonly log: Log
  /** Left out, no list is asked: nothing leaves the machine. */
  readonly isBreached?: BreachCheck | undefined
}

export interface Auth {
  /** What must be in the database before the first request. Any number of processes may do it at once. */
  prepare(): Promise<void>
  /** The provider's endpoints under /api/auth. */
  handler(request: Request, caller: { readonly clientAddress: string }): Promise<Response>
  /** better-auth itself, for the verbs of this folder. */
  readonly server: AuthServer
  readonly limits: AttemptLimits
  readonly passwordRule: PasswordRule
  readonly isBreached: BreachCheck
  readonly tokens: AccessTokens
  readonly secret: string
}

export type AuthServer = ReturnType<typeof createServer>

export const verificationHours = 24
export const resetMinutes = 60

/** The signed copy of a session in its cookie lives this long; session-version.ts ends it sooner where it must. */
const sessionCacheSeconds = 60

/** How exact "last seen" is: a session in use is written at most this often. */
const lastSeenSeconds = 15 * 60

export function createAuth(parts: AuthParts): Auth {
  const { db, baseUrl, log, config } = parts
  const keys = createKeyRing({ db, secret: config.authSecret })
  const server = createServer(parts, keys)
  const limits = createAttemptLimits(db.$client)
  const tokens = createAccessTokens({ db, keys, baseUrl })
  const ask = (request: Request): Promise<Response> => server.handler(request)
  const provider: ProviderContext = {
    db,
    baseUrl,
    log,
    limits,
    tokens,
    keys,
    origins: createBrowserOrigins(db),
    ask,
    askForTokens: async (sent) => {
      const request = withoutForm(sent)
      // The endpoint checks the shape itself, and answers like one that was reached over HTTP.
      const body = bodyOf(sent.form) as { grant_type: string }
      const answer: unknown = await server.api.oauth2Token({ body, headers: request.headers, request })
      if (!(answer instanceof Response)) throw new Error('The token endpoint gave no response')
      answer.headers.set('cache-control', 'no-store')
      return answer
    },
    secret: config.authSecret,
    findSession: async (headers) => {
      const found = await server.api.getSession({ headers, query: { disableCookieCache: true } })
      if (found === null) return undefined
      const { userId, createdAt, amr } = found.session
      return { userId, at: createdAt, methods: amr ?? [] }
    },
  }
  return {
    prepare: async () => {
      await server.$context
      await ensureResources(db, baseUrl)
      await keys.forPlugin()
    },
    handler: async (request, { clientAddress }) => {
      const arrivedAt = new Date()
      const asked = { request: asPublicRequest(request, { baseUrl, clientAddress }), clientAddress, arrivedAt }
      return (await answerProvider(provider, asked)) ?? closedEndpoint()
    },
    server,
    limits,
    passwordRule: createPasswordRule(),
    isBreached: parts.isBreached ?? (async () => false),
    tokens,
    secret: config.authSecret,
  }
}

function createServer(parts: AuthParts, keys: KeyRing) {
  const { config, baseUrl, db, log } = parts
  const signingKeys = {
    getJwks: () => keys.forPlugin(),
    createJwk: () =>
      Promise.reject(new Error('The plugin asked for a key of its own, which would be stored unencrypted')),
  }
  const options = authOptions({ baseUrl, secret: config.authSecret, newId, signingKeys })
  return betterAuth({
    ...options,
    database: drizzleAdapter(db, { provider: 'pg', schema }),
    session: {
      updateAge: lastSeenSeconds,
      // Whether somebody signed in lately enough is asked by the verbs (people/confirm-identity.ts), which know the password.
      freshAge: 0,
      cookieCache: { enabled: true, maxAge: sessionCacheSeconds, version: ({ id }) => sessionVersion(db, id) },
    },
    trustedOrigins: [baseUrl],
    logger: authLogger(log),
    emailAndPassword: { ...options.emailAndPassword, ...passwords(parts) },
    emailVerification: verification(parts),
    databaseHooks: {
      user: {
        // However an address was confirmed: by its link, or by a link to choose a password.
        update: { after: async (user) => (user.emailVerified ? applyPendingGrant(db, user) : undefined) },
      },
    },
    // Accounts and the provider have limits of their own (attempt-limits.ts).
    rateLimit: { ...options.rateLimit, enabled: false },
    onAPIError: { errorURL: `${baseUrl}/auth-error` },
    advanced: {
      ...options.advanced,
      ...cookies(baseUrl),
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
    },
  })
}

function passwords({ baseUrl, db, mail }: AuthParts) {
  return {
    // Signing up answers the same for a taken address, so it can't sign in by itself (accounts/sign-up.ts does).
    autoSignIn: false,
    requireEmailVerification: false,
    minPasswordLength: passwordLengthMin,
    // better-auth counts UTF-16 units; password-rules.ts counts characters and is the stricter one.
    maxPasswordLength: passwordLengthMax * 2,
    revokeSessionsOnPasswordReset: true,
    resetPasswordTokenExpiresIn: resetMinutes * 60,
    onExistingUserSignUp: ({ user }) =>
      mail.enqueue({
        ...accountExists({ signInUrl: `${baseUrl}/sign-in`, resetUrl: `${baseUrl}/forgot-password` }),
        to: user.email,
        template: 'account-exists',
      }),
    sendResetPassword: ({ user, token }) =>
      mail.enqueue({
        ...resetPassword({
          name: user.name,
          url: pageUrl({ baseUrl, path: '/reset-password', token }),
          validMinutes: resetMinutes,
        }),
        to: user.email,
        template: 'reset-password',
        usefulUntil: new Date(Date.now() + resetMinutes * 60_000).toISOString(),
      }),
    onPasswordReset: async ({ user }) => {
      await forgetTrustedDevices(db, user.id)
      await mail.enqueue({
        ...passwordChanged({ name: user.name, changedAt: new Date(), resetUrl: `${baseUrl}/forgot-password` }),
        to: user.email,
        template: 'password-changed',
      })
    },
  } satisfies BetterAuthOptions['emailAndPassword'] extends (infer T) | undefined ? Partial<T> : never
}

function verification({ baseUrl, mail }: AuthParts) {
  return {
    sendOnSignUp: true,
    autoSignInAfterVerification: false,
    expiresIn: verificationHours * 3_600,
    sendVerificationEmail: ({ user, token }) =>
      mail.enqueue({
        ...verifyEmail({ url: pageUrl({ baseUrl, path: '/verify-email', token }), validHours: verificationHours }),
        to: user.email,
        template: 'verify-email',
        usefulUntil: new Date(Date.now() + verificationHours * 3_600_000).toISOString(),
      }),
  } satisfies BetterAuthOptions['emailVerification']
}

const pageUrl = ({ baseUrl, path, token }: { baseUrl: string; path: string; token: string }): string =>
  `${baseUrl}${path}?token=${encodeURIComponent(token)}`

/**
 * Names of Rialto's own, because cookies ignore ports and another program on this host may use better-auth too. `__Host-`
 * (RFC 6265bis) binds them to this very host over https; better-auth's own option would only make it `__Secure-`.
 */
function cookies(baseUrl: string) {
  const isHttps = baseUrl.startsWith('https:')
  return {
    useSecureCookies: false,
    cookiePrefix: isHttps ? '__Host-rialto' : 'rialto',
    defaultCookieAttributes: { secure: isHttps, httpOnly: true, sameSite: 'lax', path: '/' },
  } as const
}
