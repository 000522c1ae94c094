import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agents, oauthClient } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { deviceGrant, hashClientSecret, machineScopes, newClientSecret, oauthScopes } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgent } from './agent.ts'
import { checkPostLogoutRedirectUris, checkRedirectUris } from './redirect-uris.ts'

export interface CreateAgentClient {
  readonly agentId: string
  /** Undefined when the system does it, as for the sample agents. */
  readonly userId: string | undefined
  readonly redirectUris: readonly string[]
  /** Where a person may be sent after the agent signed them out of Rialto. */
  readonly postLogoutRedirectUris?: readonly string[]
}

export interface AgentCredentials {
  readonly clientId: string
  /** Shown once; only its hash is kept. */
  readonly clientSecret: string
}

/** Makes an agent a client of the provider. Throws `not_found`, `conflict` when it is one already, `invalid_request`. */
export async function createAgentClient(
  { db }: Pick<Deps, 'db'>,
  { agentId, userId, redirectUris, postLogoutRedirectUris = [] }: CreateAgentClient,
): Promise<AgentCredentials> {
  const uris = checkRedirectUris(redirectUris)
  const afterSignOut = checkPostLogoutRedirectUris(postLogoutRedirectUris)
  const clientId = `agent_${crypto.randomUUID().replaceAll('-', '')}`
  const clientSecret = newClientSecret()
  await db.transaction(async (tx) => {
    const agent = await lockAgent(tx, agentId)
    if (agent.oauthClientId !== null) throw new AppError('conflict', { clientId: agent.oauthClientId })
    await tx.insert(oauthClient).values({
      id: crypto.randomUUID(),
      clientId,
      clientSecret: hashClientSecret(clientSecret),
      tokenEndpointAuthMethod: 'client_secret_basic',
      applicationType: 'web',
      requirePKCE: true,
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant],
      responseTypes: ['code'],
      scopes: [...oauthScopes],
      clientCredentialsScopes: [...machineScopes],
      enableEndSession: true,
      redirectUris: [...uris],
      postLogoutRedirectUris: [...afterSignOut],
      name: agent.name,
      uri: agent.homepageUrl,
      // The organization's, never a member's: its credentials outlive whoever made them.
      referenceId: agent.organizationId,
    })
    await tx
      .update(agents)
      .set({ oauthClientId: clientId, redirectUris: [...uris] })
      .where(eq(agents.id, agentId))
    await recordAudit(tx, {
      userId,
      orgId: agent.organizationId ?? undefined,
      action: 'agent_client.create',
      resource: 'agent',
      resourceId: agentId,
      metadata: { clientId, redirectUris: uris },
    })
  })
  return { clientId, clientSecret }
}
