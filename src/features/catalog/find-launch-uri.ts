import { sql } from 'drizzle-orm'
import { rowsOf } from './reader.ts'
import type { Reader } from './reader.ts'

/**
 * The address at which an agent starts a sign-in of its own (`initiate_login_uri`, OpenID Connect Core §4). Undefined when the
 * agent is not published, can't be used yet, has none, or is no client of ours.
 */
export async function findLaunchUri({ db }: { readonly db: Reader }, slug: string): Promise<string | undefined> {
  if (slug.includes('\0')) return undefined
  const [agent] = rowsOf<{ initiateLoginUri: string }>(
    await db.execute(sql`
      SELECT initiate_login_uri AS "initiateLoginUri" FROM agents
      WHERE slug = ${slug} AND status = 'published' AND NOT coming_soon AND initiate_login_uri IS NOT NULL AND oauth_client_id IS NOT NULL`),
  )
  return agent?.initiateLoginUri
}
