// What the catalogue's endpoints take and give. Unknown parameters are refused: a misspelt filter that were ignored would
// answer with the wrong agents.
import { z } from '@hono/zod-openapi'
import {
  agentCardSchema,
  queryCharactersMax,
  slugSchema,
  sortSchema,
  tagCountSchema,
  tagFiltersMax,
  tagSchema,
} from './schema.ts'
import { cursorCharactersMax } from './search/cursor.ts'

const pageSizeMax = 100

const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .openapi({ type: 'boolean', description, default: false })

const pageSize = (standard: number) =>
  z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .default(String(standard))
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= pageSizeMax, `must be from 1 to ${pageSizeMax}`)
    .openapi({ type: 'integer', minimum: 1, maximum: pageSizeMax, default: standard, description: 'Items on a page.' })

const cursor = z
  .string()
  .min(1)
  .max(cursorCharactersMax)
  .optional()
  .openapi({ description: '`nextCursor` or `previousCursor` of an earlier page with the same other parameters.' })

const tags = z
  .union([slugSchema.transform((slug) => [slug]), z.array(slugSchema).max(tagFiltersMax)])
  .default([])
  .transform((slugs) => [...new Set(slugs)])
  .openapi({
    type: 'array',
    items: { type: 'string' },
    maxItems: tagFiltersMax,
    description: 'Tag slugs; an agent must have all of them. Repeat the parameter for several.',
    example: ['coding'],
  })

export const agentListQuery = z.strictObject({
  q: z.string().max(queryCharactersMax).default('').openapi({
    description: 'Words to look for; the first eight count.',
    example: 'opnhands',
  }),
  tag: tags,
  sort: sortSchema
    .default('relevance')
    .openapi({ description: 'Without words, relevance is the quality of the agent.' }),
  cursor,
  limit: pageSize(24),
  exact: flag('Take words as typed: neither corrected nor completed.'),
  facets: flag('Also count all matches and their tags.'),
})

const cursors = { nextCursor: z.string().nullable() }

export const agentListSchema = z
  .object({
    items: z.array(agentCardSchema),
    ...cursors,
    previousCursor: z.string().nullable(),
    correction: z
      .object({ from: z.string(), to: z.string() })
      .nullable()
      .openapi({
        description: 'What was typed and what was searched for instead.',
        example: { from: 'opnhands', to: 'openhands' },
      }),
    total: z
      .object({ count: z.int().nonnegative(), isExact: z.boolean() })
      .optional()
      .openapi({ description: 'With `facets=true`. Above 5,000 an estimate, and `isExact` is false.' }),
    facets: z
      .object({ tags: z.array(tagCountSchema) })
      .optional()
      .openapi({ description: 'With `facets=true`: the tags of all matches, commonest first, 40 at most.' }),
  })
  .openapi('AgentList')

export const tagListQuery = z.strictObject({ cursor, limit: pageSize(100) })

export const tagListSchema = z.object({ items: z.array(tagSchema), ...cursors }).openapi('TagList')
