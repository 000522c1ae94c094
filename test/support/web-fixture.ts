import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentDetail, AgentPage, AgentQuery, CatalogServices, TagCount } from '#src/features/catalog/index.ts'
import type { PageRequest, Viewer, WebContext } from '#src/web/context.ts'

// The pages' whole world without a database: the directory's own files behind the services the pages read. It searches
// by plain inclusion and knows one typo, enough to look at every state of a page.

const directory = new URL('../../src/db/seed/directory/', import.meta.url).pathname
const tagsFile = new URL('../../src/db/seed/tags.json', import.meta.url).pathname

interface WebFixtureOptions {
  readonly baseUrl: string
  readonly request: PageRequest
  readonly viewer?: Viewer | undefined
  /** `broken`: every read fails. `empty`: a catalogue without agents. */
  readonly state?: 'full' | 'empty' | 'broken' | undefined
  readonly pageSize?: number
}

export function createWebFixture({ baseUrl, request, viewer, state, pageSize = 12 }: WebFixtureOptions): WebContext {
  const agents = state === 'empty' ? [] : readDirectory()
  const catalog = state === 'broken' ? brokenCatalog() : catalogOf(agents, pageSize)
  return {
    // Account and mail have pages of their own; these pages never read them.
    services: { catalog } as WebContext['services'],
    viewer,
    site: { name: 'Rialto', baseUrl, showsDevPages: true },
    request,
    apiDocument: () => { throw new Error('The fixture has no API.') },
  }
}

function brokenCatalog(): CatalogServices {
  const fail = () => Promise.reject(new Error('planted failure with a secret in it'))
  return { search: fail, getAgent: fail, home: fail }
}

function catalogOf(agents: readonly AgentDetail[], pageSize: number): CatalogServices {
  return {
    home: async () => ({
      bays: agents.slice(0, 14),
      newest: agents.slice(0, 6),
      tags: countTags(agents),
      agentCount: agents.length,
    }),
    getAgent: async (slug) => {
      if (slug === 'opendevin') return { kind: 'moved', slug: 'openhands' }
      const agent = agents.find((candidate) => candidate.slug === slug)
      return agent === undefined ? { kind: 'missing' } : { kind: 'found', agent }
    },
    search: async (query) => searchIn(agents, query, pageSize),
  }
}

function searchIn(agents: readonly AgentDetail[], query: AgentQuery, pageSize: number): AgentPage {
  const typed = query.q ?? ''
  const isTypo = typed === 'opnhands' && query.exact !== true
  const word = (isTypo ? 'openhands' : typed).toLowerCase()
  const found = agents.filter(
    (agent) =>
      `${agent.name} ${agent.tagline}`.toLowerCase().includes(word) &&
      query.tags.every((slug) => agent.tags.some((tag) => tag.slug === slug)),
  )
  const start = Number(query.cursor ?? 0)
  return {
    items: found.slice(start, start + pageSize),
    total: { count: found.length, isExact: true },
    nextCursor: start + pageSize < found.length ? String(start + pageSize) : null,
    previousCursor: start > 0 ? String(Math.max(start - pageSize, 0)) : null,
    facets: { tags: countTags(found) },
    ...(isTypo && { correctedFrom: typed, correctedTo: 'openhands' }),
  }
}

function countTags(agents: readonly AgentDetail[]): TagCount[] {
  const counts = new Map<string, TagCount>()
  for (const tag of agents.flatMap((agent) => agent.tags)) {
    counts.set(tag.slug, { ...tag, count: (counts.get(tag.slug)?.count ?? 0) + 1 })
  }
  return [...counts.values()].toSorted((one, other) => other.count - one.count)
}

function readDirectory(): AgentDetail[] {
  const names = new Map(
    (JSON.parse(readFileSync(tagsFile, 'utf8')) as { slug: string; name: string }[]).map((tag) => [tag.slug, tag.name]),
  )
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const entry = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Omit<AgentDetail, 'tags'> & { tags: string[] }
      return {
        ...entry,
        isUnclaimed: true,
        isVerified: false,
        priceFrom: null,
        updatedAt: '2026-11-22T12:00:00.000Z',
        tags: entry.tags.map((slug) => ({ slug, name: names.get(slug) ?? slug })),
      }
    })
}
