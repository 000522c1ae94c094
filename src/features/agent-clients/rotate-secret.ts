import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { oauthClient } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { newClientSecret, rotatedSecret } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgentWithClient } from './agent.ts'
import type { AgentCredentials } from './create-agent-client.ts'

export interface RotateSecret {
  readonly agentId: string
  readonly userId: string | undefined
  /** How long the present secret still counts; 0 = it ends at once, as after a leak. At most a week. */
  readonly overlapSeconds: number
}

const overlapSecondsMax = 7 * 24 * 3_600

/**
 * Gives an agent a new secret, shown once. The present one counts on for a while, so that no request of it fails; keys by which
 * the agent proved itself end at once (set-client-keys.ts).
 */
export async function rotateSecret(
  { db }: Pick<Deps, 'db'>,
  { agentId, userId, overlapSeconds }: RotateSecret,
): Promise<AgentCredentials & { readonly previousEndsAt: Date }> {
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > overlapSecondsMax) {
    throw new AppError('invalid_request', { overlapSecondsMax })
  }
  const clientSecret = newClientSecret()
  const previousEndsAt = new Date(Date.now() + overlapSeconds * 1_000)
  return db.transaction(async (tx) => {
    const { oauthClientId, organizationId } = await lockAgentWithClient(tx, agentId)
    const isThis = eq(oauthClient.clientId, oauthClientId)
    const [client] = await tx.select({ stored: oauthClient.clientSecret }).from(oauthClient).where(isThis).for('update')
    const next = rotatedSecret({ stored: client?.stored ?? '', next: clientSecret, previousEndsAt })
    await tx
      .update(oauthClient)
      .set({ clientSecret: next, tokenEndpointAuthMethod: 'client_secret_basic', jwks: null, updatedAt: new Date() })
      .where(isThis)
    await recordAudit(tx, {
      userId,
      orgId: organizationId ?? undefined,
      action: 'agent_client.rotate_secret',
      resource: 'agent',
      resourceId: agentId,
      metadata: { clientId: oauthClientId, overlapSeconds },
    })
    return { clientId: oauthClientId, clientSecret, previousEndsAt }
  })
}
