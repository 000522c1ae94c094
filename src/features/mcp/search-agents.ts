import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import {
  agentCardSchema,
  availabilitySchema,
  priceModelSchema,
  queryCharactersMax,
  searchAgents,
  slugSchema,
  sortSchema,
  tagCountSchema,
  tagFiltersMax,
} from '#src/features/catalog/index.ts'
import { pageUrlOf, readOnly, resultOf } from './tool.ts'
import type { ToolContext } from './tool.ts'

const agentsMax = 50

// Strict, as the HTTP API is: a misspelt filter that were ignored would answer with the wrong agents.
const inputSchema = z.strictObject({
  query: z
    .string()
    .max(queryCharactersMax)
    .default('')
    .describe('Words to look for, typos forgiven. Empty: all agents.'),
  tags: z.array(slugSchema).max(tagFiltersMax).default([]).describe('Tag slugs; an agent must have all of them.'),
  prices: z.array(priceModelSchema).max(4).default([]).describe('How it is paid for; one of them is enough.'),
  hasTrial: z.boolean().default(false).describe('Only what begins with a trial.'),
  isVerified: z.boolean().default(false).describe('Only of verified publishers.'),
  statuses: z.array(availabilitySchema).max(4).default([]).describe('An agent must be in one of them.'),
  sort: sortSchema.default('relevance'),
  limit: z.int().min(1).max(agentsMax).default(10),
  cursor: z.string().min(1).optional().describe('`nextCursor` of the page before, everything else unchanged.'),
})

const outputSchema = z.object({
  items: z.array(agentCardSchema.extend({ pageUrl: z.string() })),
  total: z.object({ count: z.int().nonnegative(), isExact: z.boolean() }),
  tags: z.array(tagCountSchema).describe('Tags of all matches, commonest first, to narrow them by.'),
  correction: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .describe('What was asked and what was searched for instead.'),
  nextCursor: z.string().nullable(),
})

export function addSearchAgents(server: McpServer, context: ToolContext): void {
  const description = 'Finds agents in the marketplace by words and tags, a page at a time.'
  const config = { title: 'Search agents', description, inputSchema, outputSchema, annotations: readOnly }
  server.registerTool('search_agents', config, ({ query, ...rest }) =>
    resultOf(context, () => search(context, { q: query, ...rest })),
  )
}

async function search(context: ToolContext, query: Omit<z.infer<typeof inputSchema>, 'query'> & { q: string }) {
  const { cursor } = query
  const found = await searchAgents(context.deps, { ...query, cursor, isExact: false, withFacets: true })
  return {
    items: found.items.map((card) => ({ ...card, pageUrl: pageUrlOf(context, card.slug) })),
    total: found.facets?.total ?? { count: found.items.length, isExact: false },
    tags: found.facets?.tags ?? [],
    correction: found.correction ?? null,
    nextCursor: found.nextCursor ?? null,
  }
}
