import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { rowsOf } from './reader.ts'
import { headLexeme, nameLexeme, sampleLexemes, tagLexeme, traitLexeme } from './search/lexemes.ts'
import { figuresOf, qualityOf } from './search/quality.ts'
import { addTerms } from './search/terms.ts'
import { traitsOf } from './search/traits.ts'
import { compactName, documentWords, sortableName } from './search/words.ts'
import { writeSuggestions } from './suggest/write-suggestions.ts'

/** Agents in one call. */
export const refreshedMax = 2000

/**
 * Makes the search rows of agents say what their tables say; call it last in every transaction that changes an agent, its
 * tags, capabilities, status or slug, its tiers, add-ons, reviews or installs. An agent that is not published has no row. 2,000
 * agents at most in one call.
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
          WHERE agent_id = agents.id) AS capabilities,
        ${traitsOf(sql`agents`)} AS traits,
        figures.installs, figures.review_count AS "reviewCount", figures.rating_sum AS "ratingSum"
      FROM agents LEFT JOIN organization ON organization.id = organization_id
      CROSS JOIN LATERAL ${figuresOf(sql`agents`)} AS figures
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
  readonly traits: readonly string[]
  readonly installs: number
  readonly reviewCount: number
  readonly ratingSum: number
}

interface SearchDocument extends Pick<Listing, 'publisher' | 'traits' | 'installs' | 'reviewCount' | 'ratingSum'> {
  readonly agentId: string
  readonly nameKey: string
  /** Words by weight, A to D, joined by spaces. */
  readonly texts: readonly [name: string, head: string, capabilities: string, description: string]
  /** Lexemes that stand for something else than a word, joined by spaces. */
  readonly marks: string
  /** What the dictionary must know, tags and traits included. */
  readonly words: readonly string[]
}

function documentOf(listing: Listing): SearchDocument {
  const name = documentWords(listing.name)
  const head = documentWords(`${listing.tagline} ${listing.publisher} ${listing.tagNames}`)
  const capabilities = documentWords(listing.capabilities)
  const description = documentWords(listing.description)
  const filters = [...listing.tagSlugs.map(tagLexeme), ...listing.traits.map(traitLexeme)]
  const marks = [
    ...filters,
    nameLexeme(compactName(listing.name)),
    // As they are: a name of stop words has no other lexeme.
    ...name.map(headLexeme),
    ...sampleLexemes(listing.id),
  ]
  const { publisher, traits, installs, reviewCount, ratingSum } = listing
  return {
    agentId: listing.id,
    publisher,
    traits,
    installs,
    reviewCount,
    ratingSum,
    nameKey: sortableName(listing.name),
    texts: [name.join(' '), head.join(' '), capabilities.join(' '), description.join(' ')],
    marks: marks.join(' '),
    words: [...name, ...head, ...capabilities, ...description, ...filters],
  }
}

/** The words are already plain, so PostgreSQL only stems them; a row that would not change is not written. */
async function writeDocuments(tx: Transaction, documents: readonly SearchDocument[]): Promise<void> {
  const column = (read: (document: SearchDocument) => string | number) => sql.param(documents.map(read))
  await tx.execute(sql`
    INSERT INTO agent_search AS present (agent_id, quality, name_key, publisher, listed_at, updated_at, tags,
      traits, installs, review_count, rating_sum, document)
    SELECT source.id, ${qualityOf(sql`source`)}, source.name_key, source.publisher, source.published_at, source.updated_at,
      ARRAY(SELECT tags.slug FROM agent_tags JOIN tags ON tags.id = tag_id WHERE agent_id = source.id ORDER BY 1),
      string_to_array(source.traits, ' '), source.installs, source.review_count, source.rating_sum,
      setweight(to_tsvector('english', source.a), 'A') || setweight(to_tsvector('english', source.b), 'B')
        || setweight(to_tsvector('english', source.c), 'C') || setweight(to_tsvector('english', source.d), 'D')
        || array_to_tsvector(string_to_array(source.marks, ' ') || ARRAY(
          SELECT '^' || lexeme FROM unnest(to_tsvector('english', source.a || ' ' || source.b))))
    FROM (SELECT given.*, agents.published_at, agents.updated_at FROM unnest(
      ${column(({ agentId }) => agentId)}::uuid[], ${column(({ nameKey }) => nameKey)}::text[],
      ${column(({ texts }) => texts[0])}::text[], ${column(({ texts }) => texts[1])}::text[],
      ${column(({ texts }) => texts[2])}::text[], ${column(({ texts }) => texts[3])}::text[],
      ${column(({ marks }) => marks)}::text[], ${column(({ traits }) => traits.join(' '))}::text[],
      ${column(({ installs }) => installs)}::integer[], ${column(({ reviewCount }) => reviewCount)}::integer[],
      ${column(({ ratingSum }) => ratingSum)}::integer[], ${column(({ publisher }) => publisher)}::text[]
    ) AS given(id, name_key, a, b, c, d, marks, traits, installs, review_count, rating_sum, publisher)
    JOIN agents ON agents.id = given.id) AS source
    ON CONFLICT (agent_id) DO UPDATE SET ${assigned}
    WHERE (${of(sql`present`)}) IS DISTINCT FROM (${of(sql`excluded`)})`)
}

/** Of a search row, everything that can change. */
const written = [
  'quality',
  'name_key',
  'publisher',
  'listed_at',
  'updated_at',
  'tags',
  'traits',
  'installs',
  'review_count',
  'rating_sum',
  'document',
].map((column) => sql.identifier(column))
const of = (row: SQL): SQL =>
  sql.join(
    written.map((column) => sql`${row}.${column}`),
    sql`, `,
  )
const assigned = sql.join(
  written.map((column) => sql`${column} = excluded.${column}`),
  sql`, `,
)
