import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { reportKinds, reportStates } from '#src/db/schema/index.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { decideReport } from './decide-report.ts'
import type { Verdict } from './decide-report.ts'
import { getReport, listReports } from './list-reports.ts'
import { decisionSchema, reportDetailSchema, reportListSchema } from './schema.ts'

/** `/operator/reports`: what people told about agents and reviews, and what is decided about the former. */
export function reportOperatorRoutes(router: ConsoleRouter, deps: Pick<Deps, 'db' | 'mail' | 'baseUrl'>): void {
  router.openapi(listRoute, async (c) => {
    const { items, nextCursor } = await listReports(deps.db, c.req.valid('query'))
    return c.json({ items: [...items], nextCursor: nextCursor ?? null }, 200)
  })
  router.openapi(readRoute, async (c) => c.json(await getReport(deps.db, c.req.valid('param').id), 200))
  for (const verdict of ['uphold', 'dismiss'] as const) {
    router.openapi(decideRoute(verdict), async (c) => {
      const operatorId = c.get('person').id
      await decideReport(deps, { reportId: c.req.valid('param').id, operatorId, verdict, ...c.req.valid('json') })
      return c.body(null, 204)
    })
  }
}

export const reportsPath = '/operator/reports'
const common = { tags: ['Operating: reports'], security: signedIn }
const params = z.strictObject({ id: z.uuid().openapi({ description: 'The report’s.' }) })

const listRoute = createRoute({
  ...common,
  method: 'get',
  path: reportsPath,
  operationId: 'listReports',
  summary: 'List reports',
  description: 'What people told about reviews and agents: open ones the oldest first, decided ones the newest.',
  request: {
    query: z.strictObject({
      kind: z.enum(reportKinds).optional(),
      state: z.enum(reportStates).default('open'),
      cursor: z.uuid().optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
  },
  responses: { 200: jsonAnswer(reportListSchema, 'A page of them.'), ...readProblems },
})

const readRoute = createRoute({
  ...common,
  method: 'get',
  path: `${reportsPath}/{id}`,
  operationId: 'getReport',
  summary: 'Get a report',
  request: { params },
  responses: { 200: jsonAnswer(reportDetailSchema, 'The report.'), ...readProblems },
})

const words: Readonly<Record<Verdict, { readonly summary: string; readonly description: string }>> = {
  uphold: {
    summary: 'Uphold a report',
    description:
      'Of a removal: the entry is archived, everybody’s open removal of it is upheld, and each who asked is told. 409 for a report of a review, which is decided about the review, and for one that is decided.',
  },
  dismiss: {
    summary: 'Dismiss a report',
    description: 'Nothing changes about the agent; whoever asked for a removal is told. 409 as for upholding.',
  },
}

const decideRoute = (verdict: Verdict) =>
  createRoute({
    ...common,
    method: 'post',
    path: `${reportsPath}/{id}/${verdict}`,
    operationId: `${verdict}Report`,
    ...words[verdict],
    request: { params, ...jsonBody(decisionSchema) },
    responses: { 204: { description: 'It is decided.' }, ...writeProblems },
  })
