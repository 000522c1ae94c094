import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { oauthClient } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { lockAgentWithClient } from './agent.ts'
import { checkLogoutUri } from './redirect-uris.ts'

export interface SetBackchannelLogout {
  readonly agentId: string
  readonly userId: string | undefined
  /** Null: the agent isn't told. */
  readonly backchannelLogoutUri: string | null
}

/**
 * Sets where an agent hears that a session ended (OpenID Connect Back-Channel Logout §2.2); the token names the session.
 * Throws `not_found`, `conflict` without a client, `invalid_request`.
 */
export async function setBackchannelLogout(
  { db, config }: Pick<Deps, 'db' | 'config'>,
  { agentId, userId, backchannelLogoutUri }: SetBackchannelLogout,
): Promise<void> {
  if (backchannelLogoutUri !== null) {
    checkLogoutUri({ uri: backchannelLogoutUri, allowsLoopback: config.mode === 'demo' })
  }
  await db.transaction(async (tx) => {
    const { oauthClientId, organizationId } = await lockAgentWithClient(tx, agentId)
    const isThis = eq(oauthClient.clientId, oauthClientId)
    const [client] = await tx
      .select({ before: oauthClient.backchannelLogoutUri })
      .from(oauthClient)
      .where(isThis)
      .for('update')
    await tx
      .update(oauthClient)
      .set({
        backchannelLogoutUri,
        backchannelLogoutSessionRequired: backchannelLogoutUri !== null,
        updatedAt: new Date(),
      })
      .where(isThis)
    await recordAudit(tx, {
      userId,
      orgId: organizationId ?? undefined,
      action: 'agent_client.set_backchannel_logout',
      resource: 'agent',
      resourceId: agentId,
      metadata: { before: client?.before ?? null, after: backchannelLogoutUri },
    })
  })
}
