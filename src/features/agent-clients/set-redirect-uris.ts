import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agents, oauthClient } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { lockAgentWithClient } from './agent.ts'
import { checkRedirectUris } from './redirect-uris.ts'

export interface SetRedirectUris {
  readonly agentId: string
  readonly userId: string | undefined
  readonly redirectUris: readonly string[]
}

/** Replaces the addresses an agent may be sent back to, on the agent and on its client. Throws `invalid_request`. */
export async function setRedirectUris(
  { db }: Pick<Deps, 'db'>,
  { agentId, userId, redirectUris }: SetRedirectUris,
): Promise<void> {
  const uris = [...checkRedirectUris(redirectUris)]
  await db.transaction(async (tx) => {
    const agent = await lockAgentWithClient(tx, agentId)
    await tx.update(agents).set({ redirectUris: uris }).where(eq(agents.id, agentId))
    await tx
      .update(oauthClient)
      .set({ redirectUris: uris, updatedAt: new Date() })
      .where(eq(oauthClient.clientId, agent.oauthClientId))
    await recordAudit(tx, {
      userId,
      orgId: agent.organizationId ?? undefined,
      action: 'agent_client.set_redirect_uris',
      resource: 'agent',
      resourceId: agentId,
      metadata: { before: agent.redirectUris, after: uris },
    })
  })
}
