import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, readProblems, signedIn } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { csvResponse } from './csv-response.ts'
import { getOwnEarner } from './organization.ts'
import { readEarningsPage } from './read-earnings-page.ts'
import { earningsQuery, earningsSchema, exportQuery, ownOrganizationParam } from './schema.ts'

/** `/publisher/organizations/{org}/earnings`: what an organization earns, for those who manage it. */
export function earningsRoutes(router: ConsoleRouter, { db, log }: Pick<Deps, 'db' | 'log'>): void {
  router.openapi(readRoute, async (c) => {
    const { id, slug } = await getOwnEarner(db, { viewer: c.get('person'), slug: c.req.valid('param').org })
    return c.json(await readEarningsPage(db, { id, name: slug, ...c.req.valid('query') }), 200)
  })
  router.openapi(exportRoute, async (c) => {
    const { id, slug } = await getOwnEarner(db, { viewer: c.get('person'), slug: c.req.valid('param').org })
    const { month } = c.req.valid('query')
    return csvResponse(c, { db, log }, { organizationRef: id, name: slug, month })
  })
}

const common = { tags: ['Publishing: earnings'], security: signedIn }
const path = '/publisher/organizations/{org}/earnings'

const readRoute = createRoute({
  ...common,
  method: 'get',
  path,
  operationId: 'readEarnings',
  summary: 'Read what was earned in a month',
  description: 'For owners and admins of the organization. Every figure is the sum of its entries.',
  request: { params: ownOrganizationParam, query: earningsQuery },
  responses: { 200: jsonAnswer(earningsSchema, 'The month.'), ...readProblems },
})

const exportRoute = createRoute({
  ...common,
  method: 'get',
  path: `${path}.csv`,
  operationId: 'exportEarnings',
  summary: 'Export the entries of a month as CSV',
  description: 'RFC 4180 with a header line, oldest first, amounts in whole units of the currency with its decimals.',
  request: { params: ownOrganizationParam, query: exportQuery },
  responses: {
    200: { description: 'All entries of the month.', content: { 'text/csv': { schema: z.string() } } },
    ...readProblems,
  },
})
