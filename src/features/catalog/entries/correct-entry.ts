import { isDeepStrictEqual } from 'node:util'
import { eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database, Transaction } from '#src/db/client.ts'
import type { Source } from '#src/db/schema/business.ts'
import { agents } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { refreshAgentSearch } from '../refresh-agent-search.ts'
import type { Correction } from './schema.ts'

/** What can be corrected: columns of the agent. */
const factFields = [
  'tagline',
  'publisherName',
  'homepageUrl',
  'repositoryUrl',
  'documentationUrl',
  'license',
  'licenseNote',
  'runsAs',
  'languages',
] as const
export type FactField = (typeof factFields)[number]

export type Entry = typeof agents.$inferSelect

interface CorrectEntry {
  readonly slug: string
  readonly operatorId: string
  readonly correction: Correction
}

/** As many as the directory's own files may name. */
const sourcesMax = 50

/**
 * Sets the facts of an unclaimed entry, and names where they were seen and when; both are told in the audit trail. The seed keeps
 * what was corrected. The same facts again only say that somebody has looked. Throws `not_found`, and `conflict` for what has a
 * publisher.
 */
export async function correctEntry(
  db: Database,
  { slug, operatorId, correction: { sourceUrl, sourceTitle, checkedAt, ...facts } }: CorrectEntry,
): Promise<void> {
  const source: Source = { url: sourceUrl, title: sourceTitle, checkedAt }
  await db.transaction(async (tx) => {
    const entry = await lockEntry(tx, slug)
    const changed = factFields.filter((field) => !isDeepStrictEqual(entry[field], facts[field]))
    const others = entry.sources.filter(({ url }) => url !== source.url)
    await tx
      .update(agents)
      .set({ ...facts, sources: [...others.slice(1 - sourcesMax), source], updatedAt: sql`now()` })
      .where(eq(agents.id, entry.id))
    await recordAudit(tx, {
      userId: operatorId,
      action: 'agent.correct',
      resource: 'agent',
      resourceId: entry.id,
      metadata: {
        source: { ...source },
        changed: Object.fromEntries(changed.map((field) => [field, { before: entry[field], after: facts[field] }])),
      },
    })
    await refreshAgentSearch(tx, [entry.id])
  })
}

/** Throws `not_found`, and `conflict` for what has a publisher. */
export async function getEntry(db: Pick<Database, 'select'>, slug: string): Promise<Entry> {
  return requireEntry(slug.includes('\0') ? [] : await db.select().from(agents).where(eq(agents.slug, slug)))
}

async function lockEntry(tx: Transaction, slug: string): Promise<Entry> {
  if (slug.includes('\0')) throw new AppError('not_found')
  return requireEntry(await tx.select().from(agents).where(eq(agents.slug, slug)).for('no key update'))
}

function requireEntry([agent]: readonly Entry[]): Entry {
  if (agent?.status !== 'published') throw new AppError('not_found')
  if (agent.listing !== 'directory_entry' || agent.claimedAt !== null) {
    throw new AppError('conflict', { detail: 'It has a publisher, who keeps its facts.' })
  }
  return agent
}
