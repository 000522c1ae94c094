import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { oauthClient } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { lockAgentWithClient } from './agent.ts'
import { checkPostLogoutRedirectUris } from './redirect-uris.ts'

export interface SetPostLogoutRedirectUris {
  readonly agentId: string
  readonly userId: string | undefined
  /** None: whoever an agent signs out of Rialto stays on a page of ours. */
  readonly postLogoutRedirectUris: readonly string[]
}

/**
 * Replaces the addresses a person may be sent to after the agent signed them out of Rialto (OpenID Connect RP-Initiated Logout
 * §3.1). Throws `not_found`, `conflict` without a client, `invalid_request`.
 */
export async function setPostLogoutRedirectUris(
  { db }: Pick<Deps, 'db'>,
  { agentId, userId, postLogoutRedirectUris }: SetPostLogoutRedirectUris,
): Promise<void> {
  const uris = [...checkPostLogoutRedirectUris(postLogoutRedirectUris)]
  await db.transaction(async (tx) => {
    const { oauthClientId, organizationId } = await lockAgentWithClient(tx, agentId)
    const isThis = eq(oauthClient.clientId, oauthClientId)
    const [client] = await tx
      .select({ before: oauthClient.postLogoutRedirectUris })
      .from(oauthClient)
      .where(isThis)
      .for('update')
    await tx.update(oauthClient).set({ postLogoutRedirectUris: uris, updatedAt: new Date() }).where(isThis)
    await recordAudit(tx, {
      userId,
      orgId: organizationId ?? undefined,
      action: 'agent_client.set_post_logout_redirect_uris',
      resource: 'agent',
      resourceId: agentId,
      metadata: { before: client?.before ?? [], after: uris },
    })
  })
}
