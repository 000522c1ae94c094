import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { oauthClient } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { lockAgentWithClient } from './agent.ts'

export interface SetSignIn {
  readonly agentId: string
  readonly userId: string | undefined
  /** `closed`: nobody signs in, and every token of the agent is refused at our endpoints within seconds. */
  readonly state: 'open' | 'closed'
  /** Kept in the audit trail. */
  readonly reason: string
}

/**
 * Switches an agent's client off or on: unpublished, or its credentials leaked. A suspended or archived agent needs no such
 * step, its status alone refuses its tokens (identity/provider/clients.ts).
 */
export async function setSignIn(
  { db }: Pick<Deps, 'db'>,
  { agentId, userId, state, reason }: SetSignIn,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { oauthClientId, organizationId } = await lockAgentWithClient(tx, agentId)
    await tx
      .update(oauthClient)
      .set({ disabled: state === 'closed', updatedAt: new Date() })
      .where(eq(oauthClient.clientId, oauthClientId))
    await recordAudit(tx, {
      userId,
      orgId: organizationId ?? undefined,
      action: state === 'closed' ? 'agent_client.close' : 'agent_client.open',
      resource: 'agent',
      resourceId: agentId,
      metadata: { clientId: oauthClientId, reason },
    })
  })
}
