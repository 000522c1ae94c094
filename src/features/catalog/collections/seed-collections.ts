import { and, eq, inArray, sql } from 'drizzle-orm'
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '#src/db/client.ts'
import { agents, collectionAgents, collections } from '#src/db/schema/index.ts'
import type { SeedCollection } from '#src/db/seed/index.ts'
import { contents, remember } from '../seed-memory.ts'

/**
 * Brings this version's collections into the shop by the rule of all seeding: new ones are published, a changed title, text or
 * choice replaces only what nobody has edited, and what was deleted or withdrawn stays so. Within the seeding's transaction.
 */
export async function seedCollections(tx: Transaction, wanted: readonly SeedCollection[]): Promise<void> {
  const before = await contents(tx, { kind: 'collection', slugs: wanted.map(({ slug }) => slug) })
  for (const [sortOrder, collection] of wanted.entries()) {
    const { slug, title, description } = collection
    const last = before.get(slug)
    if (isDeepStrictEqual(last?.content, collection)) continue
    if (last === undefined) {
      const [added] = await tx
        .insert(collections)
        .values({ slug, title, description, sortOrder, publishedAt: sql`now()` })
        .onConflictDoNothing({ target: collections.slug })
        .returning({ id: collections.id })
      // An operator's own collection of this address is theirs.
      if (added === undefined) continue
      await chooseAgents(tx, { id: added.id, slugs: collection.agents })
      await remember(tx, { kind: 'collection', slug, rowId: added.id, content: collection })
    } else {
      await updateCollection(tx, { id: last.rowId, wanted: collection, last: last.content })
      await remember(tx, { kind: 'collection', slug, rowId: last.rowId, content: collection })
    }
  }
}

interface Update {
  readonly id: string
  readonly wanted: SeedCollection
  readonly last: Readonly<Record<string, unknown>>
}

async function updateCollection(tx: Transaction, { id, wanted, last }: Update): Promise<void> {
  for (const field of ['title', 'description'] as const) {
    if (wanted[field] === last[field]) continue
    await tx
      .update(collections)
      .set({ [field]: wanted[field], updatedAt: sql`now()` })
      .where(and(eq(collections.id, id), eq(collections[field], String(last[field]))))
  }
  if (isDeepStrictEqual(wanted.agents, last['agents'])) return
  const [present] = await tx.select().from(collections).where(eq(collections.id, id)).for('update')
  const chosen = await chosenAgents(tx, id)
  // An agent that has been deleted since left by itself; that is nobody's edit.
  const listed = await listedAmong(tx, last['agents'])
  if (present === undefined || !isDeepStrictEqual(chosen, listed)) return
  await tx.delete(collectionAgents).where(eq(collectionAgents.collectionId, id))
  await chooseAgents(tx, { id, slugs: wanted.agents })
  await tx
    .update(collections)
    .set({ updatedAt: sql`now()` })
    .where(eq(collections.id, id))
}

const chosenAgents = async (tx: Transaction, id: string): Promise<string[]> =>
  (
    await tx
      .select({ slug: agents.slug })
      .from(collectionAgents)
      .innerJoin(agents, eq(agents.id, collectionAgents.agentId))
      .where(eq(collectionAgents.collectionId, id))
      .orderBy(collectionAgents.sortOrder)
  ).map(({ slug }) => slug)

async function listedAmong(tx: Transaction, slugs: unknown): Promise<string[]> {
  const wanted = Array.isArray(slugs) ? slugs.map(String) : []
  const found = await tx.select({ slug: agents.slug }).from(agents).where(inArray(agents.slug, wanted))
  const there = new Set(found.map(({ slug }) => slug))
  return wanted.filter((slug) => there.has(slug))
}

async function chooseAgents(tx: Transaction, { id, slugs }: { id: string; slugs: readonly string[] }): Promise<void> {
  const found = await tx
    .select({ id: agents.id, slug: agents.slug })
    .from(agents)
    .where(inArray(agents.slug, [...slugs]))
  const ids = new Map(found.map((agent) => [agent.slug, agent.id]))
  const rows = slugs.flatMap((slug, sortOrder) => {
    const agentId = ids.get(slug)
    return agentId === undefined ? [] : [{ collectionId: id, agentId, sortOrder }]
  })
  if (rows.length > 0) await tx.insert(collectionAgents).values(rows)
}
