import type { Database } from '#src/db/client.ts'
import type { Log } from '#src/log.ts'
import type { AttemptLimits } from '../attempt-limits.ts'
import type { AccessTokens } from '../guards/access-tokens.ts'
import type { KeyRing } from '../signing-keys/index.ts'
import type { BrowserOrigins } from './browser-origins.ts'
import type { ForwardedForm } from './form.ts'

/** What the steps around the provider's own endpoints work with. */
export interface ProviderContext {
  readonly db: Database
  readonly baseUrl: string
  readonly log: Log
  readonly limits: AttemptLimits
  readonly tokens: AccessTokens
  readonly keys: KeyRing
  readonly origins: BrowserOrigins
  /** The provider itself. */
  readonly ask: (request: Request) => Promise<Response>
  /** Its token endpoint, past its router, which is made anew for each request and was half of the cost. */
  readonly askForTokens: (sent: ForwardedForm) => Promise<Response>
  /** Signs the query with which the provider sends people to our pages. */
  readonly secret: string
  /** The living session behind these headers; undefined = nobody is signed in. Asks the database. */
  readonly findSession: (headers: Headers) => Promise<SignedIn | undefined>
}

/** Who is signed in, since when, and by what (RFC 8176). */
export interface SignedIn {
  readonly userId: string
  readonly at: Date
  readonly methods: readonly string[]
}

/** A request to one of the provider's endpoints. */
export interface ProviderRequest {
  readonly request: Request
  readonly clientAddress: string
  /** Taken before anything else was done, so that two requests sent at once can be told from one after the other. */
  readonly arrivedAt: Date
}
