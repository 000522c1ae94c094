// Agents for the catalogue's tests, written and made searchable the way the verbs do it.
import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentCapabilities, agents, agentTags, tags } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'

export interface TestAgent {
  readonly slug: string
  readonly name: string
  readonly tagline?: string
  readonly description?: string
  readonly capability?: string
  readonly tags?: readonly string[]
  readonly status?: 'draft' | 'published' | 'suspended' | 'archived'
  readonly listedAt?: Date
  readonly updatedAt?: Date
}

/** Lists agents, with the tags they name, and returns their ids in order. */
export async function listAgents(db: Database, wanted: readonly TestAgent[]): Promise<string[]> {
  return db.transaction(async (tx) => {
    const slugs = [...new Set(wanted.flatMap((agent) => agent.tags ?? []))]
    if (slugs.length > 0) {
      await tx
        .insert(tags)
        .values(slugs.map((slug) => ({ slug, name: slug })))
        .onConflictDoNothing()
    }
    const tagIds = new Map((await tx.select().from(tags)).map(({ slug, id }) => [slug, id]))
    const rows = wanted.map((agent) => ({
      id: crypto.randomUUID(),
      slug: agent.slug,
      name: agent.name,
      tagline: agent.tagline ?? '',
      description: agent.description ?? '',
      status: agent.status ?? ('published' as const),
      publishedAt: agent.listedAt ?? sql`now()`,
      updatedAt: agent.updatedAt ?? sql`now()`,
    }))
    await tx.insert(agents).values(rows)
    const tagged = wanted.flatMap((agent, index) =>
      (agent.tags ?? []).map((slug) => ({ agentId: rows[index]?.id ?? '', tagId: tagIds.get(slug) ?? '' })),
    )
    if (tagged.length > 0) await tx.insert(agentTags).values(tagged)
    const capable = wanted.flatMap(({ capability }, index) =>
      capability === undefined ? [] : [{ agentId: rows[index]?.id ?? '', title: capability }],
    )
    if (capable.length > 0) await tx.insert(agentCapabilities).values(capable)
    const ids = rows.map(({ id }) => id)
    await refreshAgentSearch(tx, ids)
    return ids
  })
}
