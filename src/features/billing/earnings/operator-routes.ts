import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { getEarnerRef } from './organization.ts'
import { readEarningsPage } from './read-earnings-page.ts'
import { recordPayout } from './record-payout.ts'
import {
  earningsQuery,
  earningsSchema,
  feeChangeSchema,
  feeSchema,
  newPayoutSchema,
  organizationParam,
  payoutSchema,
} from './schema.ts'
import { setFee } from './set-fee.ts'

/** `/operator/organizations/{org}/…`: what the marketplace keeps of sales, and what it has paid out. */
export function earningsOperatorRoutes(router: ConsoleRouter, { db }: Pick<Deps, 'db'>): void {
  router.openapi(readRoute, async (c) => {
    const { org } = c.req.valid('param')
    const id = await getEarnerRef(db, org)
    return c.json(await readEarningsPage(db, { id, name: org, ...c.req.valid('query') }), 200)
  })
  router.openapi(feeRoute, async (c) => {
    const change = { ...c.req.valid('json'), organization: c.req.valid('param').org, operatorId: c.get('person').id }
    return c.json(await setFee({ db }, change), 200)
  })
  router.openapi(payoutRoute, async (c) => {
    const payout = { ...c.req.valid('json'), organization: c.req.valid('param').org, operatorId: c.get('person').id }
    const { isReplayed, ...recorded } = await recordPayout({ db }, payout)
    return c.json({ ...recorded, replayed: isReplayed }, 200)
  })
}

const common = { tags: ['Operating: organizations'], security: signedIn }
const path = '/operator/organizations/{org}'

const readRoute = createRoute({
  ...common,
  method: 'get',
  path: `${path}/earnings`,
  operationId: 'readEarningsOf',
  summary: 'Read what an organization earned in a month',
  request: { params: organizationParam, query: earningsQuery },
  responses: { 200: jsonAnswer(earningsSchema, 'The month.'), ...readProblems },
})

const feeRoute = createRoute({
  ...common,
  method: 'put',
  path: `${path}/fee`,
  operationId: 'setFee',
  summary: 'Set the marketplace’s share of what an organization sells',
  description: 'For sales from now on: what was sold keeps the share it was sold with.',
  request: { params: organizationParam, ...jsonBody(feeChangeSchema) },
  responses: { 200: jsonAnswer(feeSchema, 'The share.'), ...writeProblems },
})

const payoutRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/payouts`,
  operationId: 'recordPayout',
  summary: 'Write down a payout',
  description:
    'Moves no money: it says that money was moved. 409 for more than is owed, and for an id that stands for another entry.',
  request: { params: organizationParam, ...jsonBody(newPayoutSchema) },
  responses: { 200: jsonAnswer(payoutSchema, 'The payout and what is still owed.'), ...writeProblems },
})
