import { inArray, sql } from 'drizzle-orm'
import { isDeepStrictEqual } from 'node:util'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentTags, tags } from '#src/db/schema/index.ts'
import { readCatalogueSeed } from '#src/db/seed/index.ts'
import type { CatalogueSeed, SeedEntry, SeedTag } from '#src/db/seed/index.ts'
import { seedCollections } from './collections/seed-collections.ts'
import { refreshAgentSearch, refreshedMax } from './refresh-agent-search.ts'
import { refreshOutdatedSearch } from './refresh-outdated-search.ts'
import { recountTerms } from './search/terms.ts'
import { entryFields, insertEntry, readEntry, writeFields } from './seed-entry.ts'
import type { EntryField } from './seed-entry.ts'
import { contents, remember } from './seed-memory.ts'
import type { Remembered } from './seed-memory.ts'

export interface SeedOutcome {
  /** In the seed. */
  readonly directoryEntries: number
  readonly added: string[]
  readonly updated: string[]
  /** Fields that a newer seed would change but somebody has edited, as `slug.field`. */
  readonly kept: string[]
  /** Entries left alone because the agent was deleted, taken down or claimed, or because another agent has the slug. */
  readonly leftAlone: string[]
}

/**
 * Brings the directory entries, tags and collections of this version into the catalogue: new ones are listed, changed ones updated in
 * the fields that nobody has edited since, deleted ones stay deleted. In one transaction; a second run writes nothing.
 * Throws `SeedError` for a file that is not valid.
 */
export async function seedCatalogue(db: Database, given?: CatalogueSeed): Promise<SeedOutcome> {
  const seed = given ?? (await readCatalogueSeed())
  const outcome = await db.transaction(async (tx) => {
    // Processes that start at once take turns; the second finds nothing to do.
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('rialto.seed-catalogue'))`)
    const renamedTagIds = await seedTags(tx, seed.tags)
    const outcome = await seedAgents(tx, seed.entries)
    await refreshAgentsWith(tx, renamedTagIds)
    await seedCollections(tx, seed.collections ?? [])
    return outcome
  })
  if (outcome.added.length + outcome.updated.length > 0) await recountTerms(db)
  await refreshOfOlderVersion(db)
  return outcome
}

/** An agent that was listed before agents had traits can't be filtered; every other has one at least. */
async function refreshOfOlderVersion(db: Database): Promise<void> {
  const { rows } = await db.execute(sql`SELECT FROM agent_search WHERE traits = '{}' LIMIT 1`)
  if (rows.length > 0) await refreshOutdatedSearch(db)
}

/** Returns the tags that have another name now, which agents are found by. */
async function seedTags(tx: Transaction, wanted: readonly SeedTag[]): Promise<string[]> {
  const renamedIds: string[] = []
  const before = await contents(tx, { kind: 'tag', slugs: wanted.map(({ slug }) => slug) })
  for (const tag of wanted) {
    const last = before.get(tag.slug)
    if (isDeepStrictEqual(last?.content, tag)) continue
    if (last === undefined) {
      const [added] = await tx
        .insert(tags)
        .values(tag)
        .onConflictDoNothing({ target: tags.slug })
        .returning({ id: tags.id })
      const rowId =
        added?.id ??
        (
          await tx
            .select({ id: tags.id })
            .from(tags)
            .where(inArray(tags.slug, [tag.slug]))
        )[0]?.id
      if (rowId !== undefined) await remember(tx, { kind: 'tag', slug: tag.slug, rowId, content: tag })
    } else {
      const renamed = await tx
        .update(tags)
        .set({ name: tag.name })
        .where(sql`${tags.id} = ${last.rowId} AND ${tags.name} = ${last.content['name']}`)
        .returning({ id: tags.id })
      renamedIds.push(...renamed.map(({ id }) => id))
      await remember(tx, { kind: 'tag', slug: tag.slug, rowId: last.rowId, content: tag })
    }
  }
  return renamedIds
}

async function refreshAgentsWith(tx: Transaction, tagIds: readonly string[]): Promise<void> {
  if (tagIds.length === 0) return
  const found = await tx
    .selectDistinct({ id: agentTags.agentId })
    .from(agentTags)
    .where(inArray(agentTags.tagId, [...tagIds]))
  const ids = found.map(({ id }) => id)
  for (let start = 0; start < ids.length; start += refreshedMax) {
    await refreshAgentSearch(tx, ids.slice(start, start + refreshedMax))
  }
}

async function seedAgents(tx: Transaction, entries: readonly SeedEntry[]): Promise<SeedOutcome> {
  const outcome = {
    directoryEntries: entries.length,
    added: [],
    updated: [],
    kept: [],
    leftAlone: [],
  } satisfies SeedOutcome as {
    directoryEntries: number
  } & Record<'added' | 'updated' | 'kept' | 'leftAlone', string[]>
  const before = await contents(tx, { kind: 'agent', slugs: entries.map(({ slug }) => slug) })
  const changedIds: string[] = []
  for (const entry of entries) {
    const last = before.get(entry.slug)
    if (last === undefined) {
      const id = await insertEntry(tx, entry)
      if (id === undefined) {
        outcome.leftAlone.push(entry.slug)
        continue
      }
      await remember(tx, { kind: 'agent', slug: entry.slug, rowId: id, content: entry })
      outcome.added.push(entry.slug)
      changedIds.push(id)
    } else if (!isDeepStrictEqual(last.content, entry)) {
      const { written, kept } = await updateEntry(tx, { entry, last })
      await remember(tx, { kind: 'agent', slug: entry.slug, rowId: last.rowId, content: entry })
      outcome.kept.push(...kept.map((field) => `${entry.slug}.${field}`))
      if (written === undefined) outcome.leftAlone.push(entry.slug)
      else if (written.length > 0) {
        outcome.updated.push(entry.slug)
        changedIds.push(last.rowId)
      }
    }
  }
  await refreshAgentSearch(tx, changedIds)
  return outcome
}

/** `written` is undefined for an agent that is not the directory's any more. */
async function updateEntry(
  tx: Transaction,
  { entry, last }: { entry: SeedEntry; last: Remembered },
): Promise<{ written: EntryField[] | undefined; kept: EntryField[] }> {
  const present = await readEntry(tx, last.rowId)
  if (present === undefined) return { written: undefined, kept: [] }
  const changed = entryFields.filter((field) => !isDeepStrictEqual(entry[field], last.content[field]))
  const isUntouched = (field: EntryField): boolean =>
    isDeepStrictEqual(inOrder(field, present[field]), inOrder(field, last.content[field]))
  const written = changed.filter(isUntouched)
  await writeFields(tx, { agentId: last.rowId, entry, fields: written })
  return { written, kept: changed.filter((field) => !isUntouched(field)) }
}

/** Tags and changes have no order of their own; other lists are in the order they are shown in. */
const inOrder = (field: EntryField, value: unknown): unknown =>
  (field === 'tags' || field === 'changelog') && Array.isArray(value) ? new Set<unknown>(value) : value
