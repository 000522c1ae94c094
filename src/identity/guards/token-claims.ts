import { z } from 'zod'

const payload = z.object({
  sub: z.string().min(1),
  client_id: z.string().min(1),
  scope: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  jti: z.string().min(1).max(255),
  exp: z.number(),
  // Null once the session that a refreshed token came from is gone.
  sid: z.string().nullish(),
  grant_id: z.string().optional(),
  // A token bound in a way we can't check must not pass for one that is bound to nothing.
  cnf: z.strictObject({ jkt: z.string().min(1) }).optional(),
})

/** What an access token of ours says (RFC 9068), read once. */
export interface TokenClaims {
  /** `agent`: its own backend, by client_credentials. `person`: somebody who signed in there. */
  readonly kind: 'agent' | 'person'
  /** The person's id; for an agent its client's. */
  readonly subject: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  readonly jti: string
  readonly expiresAt: Date
  readonly grantId: string | undefined
  readonly sessionId: string | undefined
  /** Thumbprint of the key that whoever shows the token has to prove (RFC 9449 §6); undefined: a bearer token. */
  readonly jkt: string | undefined
}

/** Undefined when it lacks something that every token of ours has. */
export function readClaims(claims: unknown): TokenClaims | undefined {
  const { success, data } = payload.safeParse(claims)
  if (!success) return undefined
  const kind = data.sub === data.client_id ? 'agent' : 'person'
  // Without its grant a person's token could not be ended.
  if (kind === 'person' && data.grant_id === undefined) return undefined
  return {
    kind,
    subject: data.sub,
    clientId: data.client_id,
    scopes: data.scope.split(' ').filter(Boolean),
    audiences: [data.aud].flat(),
    jti: data.jti,
    expiresAt: new Date(data.exp * 1_000),
    grantId: data.grant_id,
    sessionId: data.sid ?? undefined,
    jkt: data.cnf?.jkt,
  }
}
