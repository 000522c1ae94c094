import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { describeScopes, reasonsByScope } from './asked-scopes.ts'
import type { AskedScope, ReasonsByScope } from './asked-scopes.ts'
import { oauthScopes } from './scopes.ts'

/**
 * What an agent may ask of the people who sign in to it, in the catalogue's order. Undefined: nobody can sign in to it, or it has
 * no page.
 */
export async function readAgentPermissions(db: Database, slug: string): Promise<readonly AskedScope[] | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return undefined
  const { rows } = await db.execute(sql`
    SELECT client.scopes, ${reasonsByScope} AS reasons
    FROM agents AS agent JOIN oauth_client AS client ON client.client_id = agent.oauth_client_id
    WHERE agent.slug = ${slug} AND agent.status = 'published' AND NOT client.disabled`)
  // The columns are those of the statement above, which its tests read back.
  const [found] = rows as unknown as readonly { scopes: readonly string[] | null; reasons: ReasonsByScope }[]
  if (found === undefined) return undefined
  const { scopes, reasons } = found
  // A client that names none may ask for any.
  return describeScopes(
    oauthScopes.filter((scope) => scopes === null || scopes.includes(scope)),
    reasons,
  )
}
