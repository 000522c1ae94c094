import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

export interface ProviderClient {
  readonly clientId: string
  readonly clientSecret: string | null
  /** The public keys by which it proves itself, as a JWK set. */
  readonly jwks: string | null
  /** Undefined in the database means client_secret_basic (RFC 7591 §2). */
  readonly authMethod: string
  readonly applicationType: string | null
  readonly grantTypes: readonly string[]
  /** What it may ask for in its own name. */
  readonly machineScopes: readonly string[]
  /** All its tokens are bound to a key (RFC 9449 §5.2). */
  readonly requiresProof: boolean
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly organizationId: string | null
  readonly name: string | null
  /** Its sign-ins begin with a pushed request (RFC 9126 §6). */
  readonly requiresPush: boolean
  /** Nobody switched the client off, and its agent is neither suspended nor archived. */
  readonly isOpen: boolean
}

/** When a client may sign people in: read wherever one is about to, so that switching an agent off needs no second step. */
export const isOpenClient = sql`(NOT client.disabled AND coalesce(agent.status NOT IN ('suspended', 'archived'), true))`

const idLengthMax = 255

/** PostgreSQL refuses NUL outright, and no id is that long. */
export const isPlausibleId = (text: string): boolean =>
  text !== '' && text.length <= idLengthMax && !text.includes('\0') && text.isWellFormed()

export async function findClient(db: Database, clientId: string): Promise<ProviderClient | undefined> {
  if (!isPlausibleId(clientId)) return undefined
  const { rows } = await db.execute(sql`
    SELECT client.client_id AS "clientId", client.client_secret AS "clientSecret", client.jwks,
      coalesce(client.token_endpoint_auth_method, 'client_secret_basic') AS "authMethod",
      client.application_type AS "applicationType", client.redirect_uris AS "redirectUris",
      coalesce(client.grant_types, '{}') AS "grantTypes",
      coalesce(client.client_credentials_scopes, '{}') AS "machineScopes",
      coalesce(client.dpop_bound_access_tokens OR client.metadata ->> 'dpop_bound_access_tokens' = 'true', false) AS "requiresProof",
      coalesce(client.post_logout_redirect_uris, '{}') AS "postLogoutRedirectUris",
      client.reference_id AS "organizationId", client.name,
      client.require_pushed_authorization_requests AS "requiresPush", ${isOpenClient} AS "isOpen"
    FROM oauth_client AS client LEFT JOIN agents AS agent ON agent.oauth_client_id = client.client_id
    WHERE client.client_id = ${clientId}`)
  // The columns are those of the statement above, which its tests read back.
  return rows[0] as unknown as ProviderClient | undefined
}
