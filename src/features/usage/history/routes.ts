import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import type { Deps } from '#src/deps.ts'
import { ledgerEventTypes } from '#src/db/schema/business.ts'
import { problems } from '#src/http/api.ts'
import type { TokenEnv } from '#src/identity/index.ts'
import { ledgerQuery } from '../schema.ts'
import { downloadLedger, readLedger } from './read-ledger.ts'

const entrySchema = z
  .object({
    id: z.uuid(),
    subscriptionId: z.uuid(),
    metric: z.string(),
    type: z.enum(ledgerEventTypes),
    delta: z.int().openapi({ description: 'Negative where it gives back.' }),
    usedAfter: z.int(),
    limit: z.int().nullable().openapi({ description: 'Null: unlimited.' }),
    clientReqId: z.uuid(),
    refersToId: z.uuid().nullable().openapi({ description: 'The entry that this one takes back, settles or moves.' }),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly(),
    periodStart: z.iso.datetime().nullable().openapi({ description: 'Null: a gauge, which has no period.' }),
    occurredAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
  })
  .openapi('LedgerEntry')

const pageSchema = z
  .object({
    items: z.array(entrySchema).readonly(),
    nextCursor: z.string().nullable().openapi({
      description: 'Null: there is no more. A page may be shorter than asked for and still not be the last.',
    }),
  })
  .openapi('LedgerPage')

const value = {
  items: [
    {
      id: 'c2a1d7f0-5b7e-4a63-8f0e-1b2c3d4e5f60',
      subscriptionId: '6f1c9a52-0c4c-4c8e-9d5e-0f1d6a3b7c11',
      metric: 'messages',
      type: 'consume' as const,
      delta: 3,
      usedAfter: 41,
      limit: 100,
      clientReqId: '0192f0c1-7d3e-7b1a-9c55-2f4e6a8b0c1d',
      refersToId: null,
      metadata: { model: 'small' },
      periodStart: '2026-11-01T00:00:00.000Z',
      occurredAt: '2026-11-22T12:00:00.000Z',
      createdAt: '2026-11-22T12:00:00.000Z',
    },
  ],
  nextCursor: null,
}

const read = createRoute({
  method: 'get',
  path: '/usage/ledger',
  operationId: 'readUsageLedger',
  tags: ['Usage'],
  security: [{ bearer: [] }],
  summary: 'Read what was used, entry by entry',
  description:
    'Newest first. An agent’s backend names a subscription or a person; a person’s own token reads that person’s use of this agent. As CSV (`format=csv` or `Accept: text/csv`): oldest first, without the last minute, up to 50,000 entries; where it was cut, `Link` with `rel="next"` says where to go on.',
  request: { query: ledgerQuery },
  responses: {
    200: {
      description: 'A page of entries, or all as CSV.',
      content: {
        'application/json': { schema: pageSchema, examples: { page: { summary: 'A page', value } } },
        'text/csv': { schema: z.string() },
      },
    },
    ...problems(400, 401, 403, 404, 503, 504),
  },
})

type HistoryDeps = Pick<Deps, 'baseUrl' | 'db' | 'log'>

/** `/usage/ledger`. The router’s guard has read the token. */
export function historyRoutes(router: OpenAPIHono<TokenEnv>, { db, baseUrl, log }: HistoryDeps): void {
  router.openapi(read, async (c) => {
    const query = c.req.valid('query')
    c.header('vary', 'Accept')
    c.header('cache-control', 'no-store')
    if (!wantsCsv(c, query.format)) return c.json(await readLedger(db, c.get('token'), query), 200)
    const onError = (error: unknown) => log.warn({ err: error, requestId: c.get('requestId') }, 'an export broke off')
    const { csv, nextCursor } = await downloadLedger(db, c.get('token'), { query, onError })
    if (nextCursor !== undefined) c.header('link', linkToNext(new URL(c.req.url), { baseUrl, nextCursor }))
    c.header('content-type', 'text/csv; charset=utf-8; header=present')
    c.header('content-disposition', 'attachment; filename="usage-ledger.csv"')
    return c.body(csv, 200)
  })
}

function wantsCsv(c: Context, format: 'json' | 'csv' | undefined): boolean {
  if (format !== undefined) return format === 'csv'
  const supports = ['application/json', 'text/csv']
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/csv'
}

/** RFC 8288. */
function linkToNext({ pathname, searchParams }: URL, to: { readonly baseUrl: string; nextCursor: string }): string {
  searchParams.set('cursor', to.nextCursor)
  searchParams.set('format', 'csv')
  return `<${to.baseUrl}${pathname}?${searchParams}>; rel="next"`
}
