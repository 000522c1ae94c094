import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { findClient } from './clients.ts'

interface Refused {
  readonly clientId: string
  readonly viewerId: string | undefined
}

/** What the agent's own people may see of a request that was refused. */
export interface RefusalDetails {
  readonly agentName: string | null
  /** The addresses that are registered; empty for everybody who is not a member of the publishing organization. */
  readonly registered: readonly string[]
  /** The same for where people go after signing out. */
  readonly registeredAfterSignOut: readonly string[]
}

/** Undefined when there is no such client. Strangers learn its name, which its page shows anyway, and nothing else. */
export async function describeRefusal(
  db: Database,
  { clientId, viewerId }: Refused,
): Promise<RefusalDetails | undefined> {
  const client = await findClient(db, clientId)
  if (client === undefined) return undefined
  const isMember =
    viewerId !== undefined && (await belongsTo(db, { userId: viewerId, organizationId: client.organizationId }))
  return {
    agentName: client.name,
    registered: isMember ? client.redirectUris : [],
    registeredAfterSignOut: isMember ? client.postLogoutRedirectUris : [],
  }
}

async function belongsTo(db: Database, { userId, organizationId }: { userId: string; organizationId: string | null }) {
  if (organizationId === null) return false
  const { rowCount } = await db.execute(sql`
    SELECT FROM organization_member WHERE organization_id = ${organizationId} AND user_id = ${userId}`)
  return rowCount === 1
}
