import { eq } from 'drizzle-orm'
import { calculateJwkThumbprint } from 'jose'
import type { JWK } from 'jose'
import { recordAudit } from '#src/db/audit.ts'
import { oauthClient } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { lockAgentWithClient } from './agent.ts'
import { checkClientKeys } from './client-keys.ts'

export interface SetClientKeys {
  readonly agentId: string
  readonly userId: string | undefined
  /** A JWK set of public keys. While an agent changes over it holds both, the old and the new. */
  readonly jwks: unknown
}

/**
 * From now on the agent proves itself by signing (private_key_jwt, OpenID Connect Core §9), by one of these keys and no others;
 * its secret ends. `rotateSecret` goes back to one. Throws `not_found`, `conflict` without a client, `invalid_request`.
 */
export async function setClientKeys(
  { db }: Pick<Deps, 'db'>,
  { agentId, userId, jwks }: SetClientKeys,
): Promise<{ readonly clientId: string }> {
  const keys = await checkClientKeys(jwks)
  const thumbprints = await Promise.all(
    // Its type wants absent members, ours may also be undefined.
    keys.keys.map((key) => calculateJwkThumbprint(key as JWK)),
  )
  return db.transaction(async (tx) => {
    const { oauthClientId, organizationId } = await lockAgentWithClient(tx, agentId)
    await tx
      .update(oauthClient)
      .set({
        tokenEndpointAuthMethod: 'private_key_jwt',
        jwks: JSON.stringify(keys),
        clientSecret: null,
        updatedAt: new Date(),
      })
      .where(eq(oauthClient.clientId, oauthClientId))
    await recordAudit(tx, {
      userId,
      orgId: organizationId ?? undefined,
      action: 'agent_client.set_keys',
      resource: 'agent',
      resourceId: agentId,
      metadata: { clientId: oauthClientId, thumbprints },
    })
    return { clientId: oauthClientId }
  })
}
