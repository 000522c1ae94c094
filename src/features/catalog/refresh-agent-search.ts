import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { rowsOf } from './reader.ts'
import { headLexeme, nameLexeme, sampleLexemes, tagLexeme } from './search/lexemes.ts'
import { qualityOf } from './search/quality.ts'
import { addTerms } from './search/terms.ts'
import { compactName, documentWords, sortableName } from './search/words.ts'
import { writeSuggestions } from './suggest/write-suggestions.ts'

/** Agents in one call. */
export const refreshedMax = 2000

/**
 * Makes the search rows of agents say what their tables say; call it last in every transaction that changes an agent, its
 * tags, capabilities, status or slug. An agent that is not published has no row. 2,000 agents at most in one call.
 *
 * It locks the agents, so of two transactions that change parts of one agent the later sees what the earlier wrote.
 */
export async function refreshAgentSearch(tx: Transaction, agentIds: readonly string[]): Promise<void> {
  if (agentIds.length > refreshedMax) throw new RangeError(`at most ${refreshedMax} agents can be refreshed at once`)
  if (agentIds.length === 0) return
  const ids = sql.param(agentIds.toSorted())
  await tx.execute(sql`SELECT FROM agents WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`)
  await tx.execute(sql`
    DELETE FROM agent_search USING agents
    WHERE agent_id = agents.id AND agent_id = ANY(${ids}::uuid[]) AND agents.status <> 'published'`)
  const listings = rowsOf<Listing>(
    await tx.execute(sql`
      SELECT agents.id, agents.name, tagline, description,
        coalesce(organization.name, publisher_name, '') AS publisher,
        (SELECT coalesce(array_agg(tags.slug ORDER BY tags.slug), '{}') FROM agent_tags JOIN tags ON tags.id = tag_id
          WHERE agent_id = agents.id) AS "tagSlugs",
        (SELECT coalesce(string_agg(tags.name, ' '), '') FROM agent_tags JOIN tags ON tags.id = tag_id
          WHERE agent_id = agents.id) AS "tagNames",
        (SELECT coalesce(string_agg(title || ' ' || description, ' '), '') FROM agent_capabilities
          WHERE agent_id = agents.id) AS capabilities
      FROM agents LEFT JOIN organization ON organization.id = organization_id
      WHERE agents.id = ANY(${ids}::uuid[]) AND status = 'published'`),
  )
  const documents = listings.map(documentOf)
  await writeDocuments(tx, documents)
  await writeSuggestions(tx, listings)
  await addTerms(tx, new Set(documents.flatMap(({ words }) => words)))
}

interface Listing {
  readonly id: string
  readonly name: string
  readonly tagline: string
  readonly description: string
  readonly publisher: string
  readonly tagSlugs: readonly string[]
  readonly tagNames: string
  readonly capabilities: string
}

interface SearchDocument {
  readonly agentId: string
  readonly nameKey: string
  /** Words by weight, A to D, joined by spaces. */
  readonly texts: readonly [name: string, head: string, capabilities: string, description: string]
  /** Lexemes that stand for something else than a word, joined by spaces. */
  readonly marks: string
  /** What the dictionary must know, tags included. */
  readonly words: readonly string[]
}

function documentOf(listing: Listing): SearchDocument {
  const name = documentWords(listing.name)
  const head = documentWords(`${listing.tagline} ${listing.publisher} ${listing.tagNames}`)
  const capabilities = documentWords(listing.capabilities)
  const description = documentWords(listing.description)
  const tags = listing.tagSlugs.map(tagLexeme)
  const marks = [
    ...tags,
    nameLexeme(compactName(listing.name)),
    // As they are: a name of stop words has no other lexeme.
    ...name.map(headLexeme),
    ...sampleLexemes(listing.id),
  ]
  return {
    agentId: listing.id,
    nameKey: sortableName(listing.name),
    texts: [name.join(' '), head.join(' '), capabilities.join(' '), description.join(' ')],
    marks: marks.join(' '),
    words: [...name, ...head, ...capabilities, ...description, ...tags],
  }
}

/** The words are already plain, so PostgreSQL only stems them; a row that would not change is not written. */
async function writeDocuments(tx: Transaction, documents: readonly SearchDocument[]): Promise<void> {
  const column = (read: (document: SearchDocument) => string) => sql.param(documents.map(read))
  await tx.execute(sql`
    INSERT INTO agent_search AS present (agent_id, quality, name_key, listed_at, updated_at, tags, document)
    SELECT agents.id, ${qualityOf(sql`agents`)}, source.name_key, agents.published_at, agents.updated_at,
      ARRAY(SELECT tags.slug FROM agent_tags JOIN tags ON tags.id = tag_id WHERE agent_id = agents.id ORDER BY 1),
      setweight(to_tsvector('english', source.a), 'A') || setweight(to_tsvector('english', source.b), 'B')
        || setweight(to_tsvector('english', source.c), 'C') || setweight(to_tsvector('english', source.d), 'D')
        || array_to_tsvector(string_to_array(source.marks, ' ') || ARRAY(
          SELECT '^' || lexeme FROM unnest(to_tsvector('english', source.a || ' ' || source.b))))
    FROM unnest(
      ${column(({ agentId }) => agentId)}::uuid[], ${column(({ nameKey }) => nameKey)}::text[],
      ${column(({ texts }) => texts[0])}::text[], ${column(({ texts }) => texts[1])}::text[],
      ${column(({ texts }) => texts[2])}::text[], ${column(({ texts }) => texts[3])}::text[],
      ${column(({ marks }) => marks)}::text[]
    ) AS source(id, name_key, a, b, c, d, marks)
    JOIN agents ON agents.id = source.id
    ON CONFLICT (agent_id) DO UPDATE SET quality = excluded.quality, name_key = excluded.name_key,
      listed_at = excluded.listed_at, updated_at = excluded.updated_at, tags = excluded.tags, document = excluded.document
    WHERE (present.quality, present.name_key, present.listed_at, present.updated_at, present.tags, present.document)
      IS DISTINCT FROM (excluded.quality, excluded.name_key, excluded.listed_at, excluded.updated_at, excluded.tags, excluded.document)`)
}
