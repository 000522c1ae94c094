// Fills a migrated, empty database with generated agents and makes them searchable by the verb that every edit uses.
import { Client, Pool } from 'pg'
import type { Database } from '#src/db/client.ts'
import { createDatabase } from '#src/db/client.ts'
import { recountTerms, refreshAgentSearch } from '#src/features/catalog/index.ts'
import { insertCommerce } from './commerce.ts'
import { generateAgents, generatedTagCount, tagSlug } from './generate.ts'
import type { GeneratedAgent } from './generate.ts'

const batchAgents = 2000
/** Folding words keeps this process busy while PostgreSQL stems another batch. */
const parallelBatches = 2
const seed = 3

interface Load {
  readonly url: string
  readonly count: number
  readonly vocabulary: readonly string[]
}

export async function loadAgents({ url, count, vocabulary }: Load): Promise<{ insertMs: number; indexMs: number }> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const pool = new Pool({ connectionString: url, max: parallelBatches + 1 })
  try {
    const startedAt = performance.now()
    const ids = await withoutIndexes(client, ['agents', 'agent_tags', 'agent_capabilities'], () =>
      insertAgents(client, { count, vocabulary }),
    )
    await insertCommerce(client)
    await client.query('ANALYZE')
    const insertedAt = performance.now()
    await withoutIndexes(client, ['agent_search', 'agent_search_terms', 'agent_suggestions'], async () => {
      await index(createDatabase(pool), ids)
      await recountTerms(createDatabase(pool))
    })
    await client.query('VACUUM (ANALYZE)')
    // Only a superuser may; without it the first figures are noisier.
    await client.query('CHECKPOINT').catch(() => undefined)
    return { insertMs: insertedAt - startedAt, indexMs: performance.now() - insertedAt }
  } finally {
    await pool.end()
    await client.end()
  }
}

async function insertAgents(client: Client, { count, vocabulary }: Omit<Load, 'url'>): Promise<string[]> {
  const slugs = Array.from({ length: generatedTagCount }, (_, tag) => tagSlug(tag))
  const names = slugs.map((_, tag) => vocabulary[3000 + tag])
  await client.query('INSERT INTO tags (slug, name) SELECT * FROM unnest($1::text[], $2::text[])', [slugs, names])
  const ids: string[] = []
  let batch: { id: string; agent: GeneratedAgent }[] = []
  const flush = async (): Promise<void> => {
    await insertBatch(client, batch)
    ids.push(...batch.map(({ id }) => id))
    batch = []
  }
  for (const agent of generateAgents({ count, vocabulary })) {
    batch.push({ id: idOf(agent.index), agent })
    if (batch.length === batchAgents) await flush()
  }
  if (batch.length > 0) await flush()
  return ids
}

/** A version 4 UUID that looks random and is the same in every run. */
function idOf(index: number): string {
  const mixed = (salt: number): string => {
    let value = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + seed, 0x85ebca6b)
    value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
    value = Math.imul(value ^ (value >>> 12), 0x297a2d39)
    return ((value ^ (value >>> 15)) >>> 0).toString(16).padStart(8, '0')
  }
  const [a, b, c] = [mixed(1), mixed(2), mixed(3)]
  const serial = index.toString(16).padStart(4, '0').slice(-4)
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(0, 3)}-${c.slice(3, 8)}${serial}${mixed(4).slice(0, 3)}`
}

async function insertBatch(client: Client, batch: readonly { id: string; agent: GeneratedAgent }[]): Promise<void> {
  const ids = batch.map(({ id }) => id)
  const column = <T>(read: (agent: GeneratedAgent) => T): T[] => batch.map(({ agent }) => read(agent))
  await client.query(
    `INSERT INTO agents (id, slug, status, listing, name, tagline, description, license, publisher_name,
       published_at, created_at, updated_at)
     SELECT id, slug, 'published', 'directory_entry', name, tagline, description, 'MIT', 'Nobody', created_at, created_at, updated_at
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
       AS source(id, slug, name, tagline, description, created_at, updated_at)`,
    [
      ids,
      column(({ index }) => `agent-${index}`),
      column(({ name }) => name),
      column(({ tagline }) => tagline),
      column(({ description }) => description),
      column(({ createdAt }) => createdAt),
      column(({ updatedAt }) => updatedAt),
    ],
  )
  await client.query(
    `INSERT INTO agent_capabilities (agent_id, icon, title, description)
     SELECT *, '' FROM (SELECT id, 'bot', text FROM unnest($1::uuid[], $2::text[]) AS source(id, text)) AS capability`,
    [ids, column(({ capability }) => capability)],
  )
  const tagged = batch.flatMap(({ id, agent }) => agent.tags.map((tag) => ({ id, slug: tagSlug(tag) })))
  await client.query(
    `INSERT INTO agent_tags (agent_id, tag_id)
     SELECT source.id, tags.id FROM unnest($1::uuid[], $2::text[]) AS source(id, slug) JOIN tags USING (slug)`,
    [tagged.map(({ id }) => id), tagged.map(({ slug }) => slug)],
  )
}

async function index(db: Database, ids: readonly string[]): Promise<void> {
  const starts = Array.from({ length: Math.ceil(ids.length / batchAgents) }, (_, batch) => batch * batchAgents).values()
  const worker = async (): Promise<void> => {
    for (const start of starts) {
      await db.transaction((tx) => refreshAgentSearch(tx, ids.slice(start, start + batchAgents)))
    }
  }
  await Promise.all(Array.from({ length: parallelBatches }, worker))
}

/** Building an index once is several times faster than growing it row by row. */
async function withoutIndexes<T>(client: Client, tables: readonly string[], work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    `SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY($1)
     AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)`,
    [tables],
  )
  for (const { indexname } of rows) await client.query(`DROP INDEX ${client.escapeIdentifier(indexname)}`)
  const result = await work()
  await client.query(`SET maintenance_work_mem = '256MB'`)
  for (const { indexdef } of rows) await client.query(indexdef)
  return result
}
