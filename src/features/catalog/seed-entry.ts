// One directory entry in the tables: written, read back in the same shape, and changed field by field.
import { eq, inArray, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentCapabilities, agentChangelog, agents, agentSteps, agentTags, tags } from '#src/db/schema/index.ts'
import type { SeedEntry } from '#src/db/seed/index.ts'

export type EntryField = Exclude<keyof SeedEntry, 'slug'>

const columnFields = [
  'name',
  'tagline',
  'description',
  'publisherName',
  'homepageUrl',
  'repositoryUrl',
  'documentationUrl',
  'license',
  'licenseNote',
  'runsAs',
  'languages',
  'sources',
] as const satisfies readonly EntryField[]
const listFields = ['tags', 'capabilities', 'steps', 'changelog'] as const satisfies readonly EntryField[]
type ListField = (typeof listFields)[number]

export const entryFields: readonly EntryField[] = [...columnFields, ...listFields]

/** Lists the entry as an unclaimed agent; undefined when the slug belongs to an agent that the seed did not make. */
export async function insertEntry(tx: Transaction, entry: SeedEntry): Promise<string | undefined> {
  const [agent] = await tx
    .insert(agents)
    .values({
      ...columnsOf(entry, columnFields),
      name: entry.name,
      slug: entry.slug,
      status: 'published',
      listing: 'directory_entry',
      publishedAt: sql`now()`,
    })
    .onConflictDoNothing({ target: agents.slug })
    .returning({ id: agents.id })
  if (agent === undefined) return undefined
  for (const field of listFields) await insertList[field](tx, { agentId: agent.id, entry })
  return agent.id
}

/** The entry as it is now; undefined when the agent is gone, was taken down or has been claimed. */
export async function readEntry(tx: Transaction, agentId: string): Promise<Record<EntryField, unknown> | undefined> {
  const [agent] = await tx.select().from(agents).where(eq(agents.id, agentId)).for('no key update')
  if (agent === undefined || agent.listing !== 'directory_entry' || agent.claimedAt !== null) return undefined
  if (agent.status === 'archived') return undefined
  const columns = Object.fromEntries(columnFields.map((field) => [field, agent[field]]))
  return {
    // The cast: fromEntries forgets which keys it was given.
    ...(columns as Record<(typeof columnFields)[number], unknown>),
    tags: (
      await tx
        .select({ slug: tags.slug })
        .from(agentTags)
        .innerJoin(tags, eq(tags.id, agentTags.tagId))
        .where(eq(agentTags.agentId, agentId))
    ).map(({ slug }) => slug),
    capabilities: await tx
      .select({
        icon: agentCapabilities.icon,
        title: agentCapabilities.title,
        description: agentCapabilities.description,
      })
      .from(agentCapabilities)
      .where(eq(agentCapabilities.agentId, agentId))
      .orderBy(agentCapabilities.sortOrder),
    steps: await tx
      .select({ title: agentSteps.title, description: agentSteps.description })
      .from(agentSteps)
      .where(eq(agentSteps.agentId, agentId))
      .orderBy(agentSteps.sortOrder),
    changelog: (await tx.select().from(agentChangelog).where(eq(agentChangelog.agentId, agentId))).map(
      ({ version, summary, publishedAt }) => ({
        version,
        summary,
        publishedAt: publishedAt.toISOString().slice(0, 10),
      }),
    ),
  }
}

/** Sets the fields to what the entry says, lists as wholes, and the agent's `updated_at`. */
export async function writeFields(
  tx: Transaction,
  { agentId, entry, fields }: { agentId: string; entry: SeedEntry; fields: readonly EntryField[] },
): Promise<void> {
  if (fields.length === 0) return
  await tx
    .update(agents)
    .set({
      ...columnsOf(
        entry,
        columnFields.filter((field) => fields.includes(field)),
      ),
      updatedAt: sql`now()`,
    })
    .where(eq(agents.id, agentId))
  for (const field of listFields.filter((list) => fields.includes(list))) {
    const table = listTables[field]
    await tx.delete(table).where(eq(table.agentId, agentId))
    await insertList[field](tx, { agentId, entry })
  }
}

const columnsOf = (entry: SeedEntry, fields: readonly (typeof columnFields)[number][]) =>
  Object.fromEntries(fields.map((field) => [field, entry[field]])) as Partial<
    Pick<SeedEntry, (typeof columnFields)[number]>
  >

const listTables = { tags: agentTags, capabilities: agentCapabilities, steps: agentSteps, changelog: agentChangelog }

type InsertList = (tx: Transaction, of: { agentId: string; entry: SeedEntry }) => Promise<void>

const insertList: Record<ListField, InsertList> = {
  async tags(tx, { agentId, entry }) {
    const found = await tx.select({ tagId: tags.id }).from(tags).where(inArray(tags.slug, entry.tags))
    if (found.length > 0) await tx.insert(agentTags).values(found.map(({ tagId }) => ({ agentId, tagId })))
  },
  async capabilities(tx, { agentId, entry: { capabilities } }) {
    if (capabilities.length === 0) return
    await tx.insert(agentCapabilities).values(capabilities.map((part, sortOrder) => ({ ...part, agentId, sortOrder })))
  },
  async steps(tx, { agentId, entry: { steps } }) {
    if (steps.length > 0)
      await tx.insert(agentSteps).values(steps.map((part, sortOrder) => ({ ...part, agentId, sortOrder })))
  },
  async changelog(tx, { agentId, entry: { changelog } }) {
    if (changelog.length === 0) return
    await tx.insert(agentChangelog).values(
      changelog.map(({ version, summary, publishedAt }) => ({
        agentId,
        version,
        summary,
        publishedAt: new Date(publishedAt),
      })),
    )
  },
}
