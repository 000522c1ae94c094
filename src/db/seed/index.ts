// The catalogue's first content: unclaimed directory entries of real projects, one JSON file each, the tags they use, and
// collections of them.
// Writing them to a database is the catalogue's own business (features/catalog/seed-catalogue.ts).
import { readFile, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const standardFolder = dirname(fileURLToPath(import.meta.url))
const entriesMax = 1000

const slug = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words with single hyphens between')
const day = z.iso.date()
const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).max(2048)
const line = (max: number) => z.string().trim().min(1).max(max)

const tagSchema = z.strictObject({ slug, name: line(80) })
const tagsSchema = z.array(tagSchema).max(200)

/** The limits are those of the tables, so that a bad file is named here and not by a constraint. */
const entrySchema = z.strictObject({
  slug,
  name: line(120),
  tagline: line(200),
  /** Markdown. */
  description: z.string().min(1).max(50_000),
  publisherName: line(200).nullable(),
  homepageUrl: webAddress.nullable(),
  repositoryUrl: webAddress.nullable(),
  documentationUrl: webAddress.nullable(),
  license: line(100).nullable(),
  licenseNote: line(1000).nullable(),
  runsAs: z.array(line(80)).max(20),
  languages: z.array(line(80)).max(20),
  tags: z.array(slug).min(1).max(20),
  capabilities: z.array(z.strictObject({ icon: line(80), title: line(200), description: line(2000) })).max(50),
  steps: z.array(z.strictObject({ title: line(200), description: line(2000) })).max(50),
  changelog: z.array(z.strictObject({ version: line(80), summary: line(2000), publishedAt: day })).max(50),
  /** Where each fact comes from: the day somebody looked, and the source's own date. */
  sources: z
    .array(z.strictObject({ url: webAddress, title: line(300), checkedAt: day, asOf: day }))
    .min(1)
    .max(50),
})

const collectionsSchema = z
  .array(
    z.strictObject({
      slug,
      title: line(80),
      description: line(500),
      /** In the order they are shown in. */
      agents: z.array(slug).min(1).max(50),
    }),
  )
  .max(50)

export type SeedTag = z.infer<typeof tagSchema>
export type SeedEntry = z.infer<typeof entrySchema>
export type SeedCollection = z.infer<typeof collectionsSchema>[number]

export interface CatalogueSeed {
  readonly tags: readonly SeedTag[]
  readonly entries: readonly SeedEntry[]
  /** In the order they are shown in. Left out: none is added or changed. */
  readonly collections?: readonly SeedCollection[]
}

/** A seed file can't be used. The message names the file and each wrong field. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
}

/** Reads `tags.json`, `directory/*.json` and `collections.json`. Throws {@link SeedError}. */
export async function readCatalogueSeed(folder = standardFolder): Promise<CatalogueSeed> {
  const tags = await readJson({ folder, file: 'tags.json', schema: tagsSchema })
  const files = (await readdir(join(folder, 'directory'))).filter((name) => name.endsWith('.json')).toSorted()
  if (files.length > entriesMax)
    throw new SeedError(`directory/ has ${files.length} entries; ${entriesMax} are allowed.`)
  const known = new Set(tags.map((tag) => tag.slug))
  const entries: SeedEntry[] = []
  for (const name of files) {
    const file = `directory/${name}`
    const entry = await readJson({ folder, file, schema: entrySchema })
    if (`${entry.slug}.json` !== name)
      throw new SeedError(`${file}: slug: must be the file's name, not "${entry.slug}"`)
    const index = entry.tags.findIndex((tag) => !known.has(tag))
    if (index !== -1) throw new SeedError(`${file}: tags.${index}: "${entry.tags[index]}" is not in tags.json`)
    const versions = entry.changelog.map(({ version }) => version)
    if (new Set(versions).size < versions.length) throw new SeedError(`${file}: changelog: names a version twice`)
    entries.push(entry)
  }
  return { tags, entries, collections: await readCollections(folder, new Set(entries.map((entry) => entry.slug))) }
}

async function readCollections(folder: string, known: ReadonlySet<string>): Promise<SeedCollection[]> {
  const file = 'collections.json'
  const collections = await readJson({ folder, file, schema: collectionsSchema })
  for (const [place, { agents }] of collections.entries()) {
    const index = agents.findIndex((agent) => !known.has(agent))
    if (index !== -1) throw new SeedError(`${file}: ${place}.agents.${index}: "${agents[index]}" is not in directory/`)
  }
  return collections
}

async function readJson<T>({
  folder,
  file,
  schema,
}: {
  folder: string
  file: string
  schema: z.ZodType<T>
}): Promise<T> {
  const text = await readFile(join(folder, file), 'utf8')
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new SeedError(`${file}: is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(the whole file)'}: ${message}`)
  throw new SeedError(`${file}: ${problems.join('; ')}`)
}
