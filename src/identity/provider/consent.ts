import { sql } from 'drizzle-orm'
import { isAPIError } from 'better-auth/api'
import type { Database } from '#src/db/client.ts'
import { authHeaders } from '../accounts/context.ts'
import type { Caller } from '../accounts/context.ts'
import type { Auth } from '../auth.ts'
import { describeScopes, reasonsByScope } from './asked-scopes.ts'
import type { AskedScope, ReasonsByScope } from './asked-scopes.ts'
import { isOpenClient, isPlausibleId } from './clients.ts'
import { scopesOf } from './scopes.ts'
import { signedAt, withoutSignature } from './signed-query.ts'

export interface ConsentContext {
  readonly auth: Auth
  readonly db: Database
  readonly baseUrl: string
}

/** Who asks. */
export interface AskingAgent {
  readonly name: string
  /** Null: a client that belongs to no agent of the market. */
  readonly slug: string | null
  readonly publisher: string | null
  readonly isVerified: boolean
  /** Why it asks for what it may ask, by scope. */
  readonly reasons: ReasonsByScope
}

export type ConsentRequest =
  | {
      readonly kind: 'asked'
      readonly agent: AskingAgent
      readonly scopes: readonly AskedScope[]
      /** Host of the address the person is sent back to. */
      readonly returnsTo: string
    }
  /** Signed too long ago, or not by us. `restart` asks anew. */
  | { readonly kind: 'expired'; readonly restart: string }

export type ConsentAnswer =
  /** Where the browser goes: back to the agent, with a code or with its refusal. */
  | { readonly kind: 'answered'; readonly url: string; readonly agent: AskingAgent | undefined }
  | { readonly kind: 'expired'; readonly restart: string }

/** What a consent page has to show. `query` is its own query, as the provider wrote it. */
export async function readConsentRequest({ auth, db }: ConsentContext, query: string): Promise<ConsentRequest> {
  const asked = new URLSearchParams(query)
  const restart = restartOf(asked)
  if ((await signedAt(asked, auth.secret)) === undefined) return { kind: 'expired', restart }
  const agent = await findAskingAgent(db, asked.get('client_id') ?? '')
  if (agent === undefined) return { kind: 'expired', restart }
  const scopes = describeScopes(scopesOf(asked.get('scope')), agent.reasons)
  const returnsTo = URL.parse(asked.get('redirect_uri') ?? '')?.host ?? ''
  return { kind: 'asked', agent, scopes, returnsTo }
}

interface Decision {
  readonly caller: Caller
  readonly query: string
  readonly isAllowed: boolean
}

/** Allows what was asked, remembers it, and goes on; or refuses, which leaves nothing behind. */
export async function answerConsent(
  { auth, db, baseUrl }: ConsentContext,
  { caller, query, isAllowed }: Decision,
): Promise<ConsentAnswer> {
  const asked = new URLSearchParams(query)
  const headers = authHeaders(caller)
  try {
    const { url } = await auth.server.api.oauth2Consent({
      body: { accept: isAllowed, oauth_query: query },
      headers,
      // The provider goes on to authorize, which wants a request to answer to.
      request: new Request(`${baseUrl}/api/auth/oauth2/consent`, { headers }),
      asResponse: false,
    })
    return { kind: 'answered', url, agent: await findAskingAgent(db, asked.get('client_id') ?? '') }
  } catch (error) {
    if (isAPIError(error) && error.statusCode < 500) return { kind: 'expired', restart: restartOf(asked) }
    throw error
  }
}

const restartOf = (asked: URLSearchParams): string => `/api/auth/oauth2/authorize?${withoutSignature(asked)}`

/** Undefined for a client that is unknown or switched off. */
export async function findAskingAgent(db: Database, clientId: string): Promise<AskingAgent | undefined> {
  if (!isPlausibleId(clientId)) return undefined
  const { rows } = await db.execute(sql`
    SELECT coalesce(agent.name, client.name, client.client_id) AS name, agent.slug,
      coalesce(publisher.name, agent.publisher_name) AS publisher, agent.verified_at IS NOT NULL AS "isVerified",
      ${reasonsByScope} AS reasons
    FROM oauth_client AS client
      LEFT JOIN agents AS agent ON agent.oauth_client_id = client.client_id
      LEFT JOIN organization AS publisher ON publisher.id = coalesce(agent.organization_id, client.reference_id)
    WHERE client.client_id = ${clientId} AND ${isOpenClient}`)
  // The columns are those of the statement above, which its tests read back.
  return rows[0] as unknown as AskingAgent | undefined
}
