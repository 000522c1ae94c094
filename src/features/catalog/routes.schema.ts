// What the catalogue's endpoints take and give. Unknown parameters are refused: a misspelt filter that were ignored would
// answer with the wrong agents.
import { z } from '@hono/zod-openapi'
import {
  agentCardSchema,
  availabilitySchema,
  priceModelSchema,
  queryCharactersMax,
  rankingReasonSchema,
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

const choice = <T extends z.ZodEnum>(values: T, description: string) =>
  z
    .union([values.transform((value) => [value]), z.array(values).max(values.options.length)], {
      error: `must be one of ${values.options.join(', ')}`,
    })
    .default([])
    .transform((chosen) => [...new Set(chosen)])
    .openapi({ type: 'array', items: { type: 'string', enum: [...values.options] }, description })

export const agentListQuery = z.strictObject({
  q: z.string().max(queryCharactersMax).default('').openapi({
    description: 'Words to look for; the first eight count.',
    example: 'opnhands',
  }),
  tag: tags,
  price: choice(
    priceModelSchema,
    'How it is paid for: a free tier, a paid one, more units to buy, or not sold here. Repeat it: one of them is enough.',
  ),
  trial: flag('Only agents with a tier that begins with a trial.'),
  verified: flag('Only agents whose publisher has proven to own the homepage.'),
  status: choice(
    availabilitySchema,
    'Whether it can be used now, did not answer when it was asked, will be there later, or is an entry that nobody has claimed. Repeat it: one is enough.',
  ),
  sort: sortSchema
    .default('relevance')
    .openapi({ description: 'Without words, relevance is the quality of the agent.' }),
  cursor,
  limit: pageSize(24),
  exact: flag('Take words as typed: neither corrected nor completed.'),
  facets: flag('Also count all matches, their tags, prices and states.'),
  explain: flag('Also say of each agent why it stands there; for words, by relevance.'),
})

const cursors = { nextCursor: z.string().nullable() }

export const agentListSchema = z
  .object({
    items: z.array(agentCardSchema.extend({ why: rankingReasonSchema.optional() })),
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
      .object({
        tags: z.array(tagCountSchema).openapi({ description: 'Commonest first, 40 at most.' }),
        prices: z.array(z.object({ value: priceModelSchema, count: z.int().nonnegative() })),
        statuses: z.array(z.object({ value: availabilitySchema, count: z.int().nonnegative() })),
        withTrial: z.int().nonnegative(),
        verified: z.int().nonnegative(),
      })
      .optional()
      .openapi({
        description:
          'With `facets=true`: how many of all matches have what. Prices and states are counted as if none of their own were chosen, since choosing another adds to the list.',
      }),
  })
  .openapi('AgentList')

export const tagListQuery = z.strictObject({ cursor, limit: pageSize(100) })

export const tagListSchema = z.object({ items: z.array(tagSchema), ...cursors }).openapi('TagList')
