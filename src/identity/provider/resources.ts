import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

/** The audiences that tokens can be asked for (RFC 8707). */
export const audiencesOf = (baseUrl: string) => ({ api: `${baseUrl}/api`, mcp: `${baseUrl}/mcp` })

export const issuerOf = (baseUrl: string): string => `${baseUrl}/api/auth`

/** Where RFC 9728 puts the metadata of a resource: its path goes behind the well-known one. */
export const resourceMetadataUrl = (resource: string): string => {
  const { origin, pathname } = new URL(resource)
  return `${origin}/.well-known/oauth-protected-resource${pathname}`
}

/**
 * Writes the audiences where they are missing. The provider could do it, but looks first and inserts afterwards, and of two
 * processes that start at once one would fail.
 */
export async function ensureResources(db: Database, baseUrl: string): Promise<void> {
  const { api, mcp } = audiencesOf(baseUrl)
  await db.execute(sql`
    INSERT INTO oauth_resource (id, identifier, name)
    VALUES (${crypto.randomUUID()}, ${api}, 'Rialto API'), (${crypto.randomUUID()}, ${mcp}, 'Rialto MCP server')
    ON CONFLICT (identifier) DO NOTHING`)
}
