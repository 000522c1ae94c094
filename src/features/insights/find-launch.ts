import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { readReachability } from './read-reachability.ts'

/** What becomes of launching an agent. */
export type Launch =
  | { readonly kind: 'ready'; readonly name: string; readonly uri: string }
  /** It did not answer Rialto for a while; whoever wants may try. */
  | { readonly kind: 'unreachable'; readonly name: string; readonly uri: string; readonly since: string }
  | { readonly kind: 'coming_soon'; readonly name: string }
  /** An operator has stopped it, or its publisher has withdrawn it. */
  | { readonly kind: 'suspended' | 'archived'; readonly name: string }
  /** There is none, it is not published, or it is nothing that Rialto signs people in to. */
  | { readonly kind: 'missing' }

/** The address at which an agent starts a sign-in of its own (`initiate_login_uri`, OpenID Connect Core §4), or why there is none. */
export async function findLaunch(db: Database, slug: string): Promise<Launch> {
  if (slug.includes('\0')) return { kind: 'missing' }
  const { rows } = await db.execute<{
    id: string
    name: string
    status: string
    soon: boolean
    uri: string | null
  }>(sql`
    SELECT id, name, status, coming_soon AS soon, initiate_login_uri AS uri FROM agents
    WHERE slug = ${slug} AND listing = 'agent' AND published_at IS NOT NULL AND oauth_client_id IS NOT NULL`)
  const [agent] = rows
  if (agent === undefined) return { kind: 'missing' }
  const { id, name, status, soon, uri } = agent
  if (status === 'suspended' || status === 'archived') return { kind: status, name }
  if (status !== 'published') return { kind: 'missing' }
  if (soon) return { kind: 'coming_soon', name }
  if (uri === null) return { kind: 'missing' }
  const since = (await readReachability(db, id))?.unreachableSince
  return since == null ? { kind: 'ready', name, uri } : { kind: 'unreachable', name, uri, since }
}
