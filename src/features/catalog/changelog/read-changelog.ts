import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { isoTime } from '../cards.ts'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'

export interface ChangelogEntry {
  /** `urn:uuid:…`, the same as long as the agent and its version exist, whatever address they have (RFC 4287 §4.2.6). */
  readonly id: string
  readonly version: string
  /** Markdown. */
  readonly summary: string
  /** RFC 3339, UTC. */
  readonly publishedAt: string
}

export interface Changelog {
  /** As an entry's. */
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly publisherName: string | null
  /** When the agent was listed; what the whole was last changed at as long as it has no entry. */
  readonly listedAt: string
  /** Newest first. */
  readonly entries: readonly ChangelogEntry[]
  readonly hasMore: boolean
}

interface WhichChangelog {
  readonly slug: string
  /** Version of the last entry that was read already; one that the agent doesn't have ends the list. */
  readonly after?: string | undefined
  readonly limit: number
}

type Row = Omit<Changelog, 'id' | 'hasMore' | 'entries'> & {
  readonly agentId: string
  readonly entries: readonly Omit<ChangelogEntry, 'id'>[]
}

/** What changed in a listed agent; undefined when there is none of this name. */
export async function readChangelog(
  { db }: { readonly db: Reader },
  { slug, after, limit }: WhichChangelog,
): Promise<Changelog | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0') || after?.includes('\0') === true) return undefined
  const place = sql`SELECT published_at, version FROM agent_changelog WHERE agent_id = agent.id AND version = ${after}`
  const [found] = rowsOf<Row>(
    await db.execute(sql`
      SELECT agent.id AS "agentId", agent.slug, agent.name,
        coalesce(publisher.name, agent.publisher_name) AS "publisherName",
        ${isoTime(sql`agent.published_at`)} AS "listedAt",
        (SELECT coalesce(json_agg(json_build_object('version', version, 'summary', summary,
            'publishedAt', ${isoTime(sql`published_at`)}) ORDER BY published_at DESC, version DESC), '[]')
          FROM (SELECT * FROM agent_changelog WHERE agent_id = agent.id
              ${after === undefined ? sql`` : sql`AND (published_at, version) < (${place})`}
            ORDER BY published_at DESC, version DESC LIMIT ${limit + 1}) AS part
        ) AS entries
      FROM agents AS agent LEFT JOIN organization AS publisher ON publisher.id = agent.organization_id
      WHERE agent.slug = ${slug} AND agent.status = 'published'`),
  )
  if (found === undefined) return undefined
  const { agentId, entries, ...agent } = found
  return {
    ...agent,
    id: nameUrn(agentId, 'changelog'),
    entries: entries.slice(0, limit).map((entry) => ({ id: nameUrn(agentId, `changelog/${entry.version}`), ...entry })),
    hasMore: entries.length > limit,
  }
}

/** A name-based UUID (version 5, RFC 9562 §5.5) within an agent's own id, which itself is nobody's business. */
function nameUrn(agentId: string, name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(agentId.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16)
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  return `urn:uuid:${digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`
}
