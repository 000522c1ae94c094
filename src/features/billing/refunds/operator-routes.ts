import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { subscriptionParam } from '../schema.ts'
import { listSubscriptionInvoices } from './list-subscription-invoices.ts'
import { refundInvoice } from './refund-invoice.ts'
import { newRefundSchema, operatorInvoiceListSchema, refundSchema } from './schema.ts'

/** `/operator/subscriptions/{id}/…`: what was paid for one subscription, and what is given back of it. */
export function refundRoutes(router: ConsoleRouter, deps: Deps): void {
  router.openapi(listRoute, async (c) => {
    const items = await listSubscriptionInvoices(deps, c.req.valid('param').id)
    return c.json({ items: items.map((item) => ({ ...item, date: item.date.toISOString() })) }, 200)
  })
  router.openapi(refundRoute, async (c) => {
    const { id, invoice, amountMinor, reason, preview } = c.req.valid('json')
    const { isReplayed, ...refund } = await refundInvoice(deps, {
      operatorId: c.get('person').id,
      subscriptionId: c.req.valid('param').id,
      stripeInvoiceId: invoice,
      reason,
      isPreview: preview,
      ...(amountMinor !== undefined && { amountMinor }),
      ...(id !== undefined && { id }),
    })
    return c.json({ ...refund, replayed: isReplayed, preview }, 200)
  })
}

const path = '/operator/subscriptions/{id}'
const common = { tags: ['Operating: subscriptions'], security: signedIn }

const listRoute = createRoute({
  ...common,
  method: 'get',
  path: `${path}/invoices`,
  operationId: 'listSubscriptionInvoices',
  summary: 'List invoices of a subscription',
  description: 'Its own and those of add-ons that were bought once, newest first; 50 of each at most.',
  request: { params: subscriptionParam },
  responses: { 200: jsonAnswer(operatorInvoiceListSchema, 'Its invoices.'), ...readProblems, ...problems(503) },
})

const refundRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/refunds`,
  operationId: 'refundInvoice',
  summary: 'Give money back',
  description:
    'All or a part of what an invoice was paid with, to the card that paid; never more than was paid. An add-on whose price is given back whole ends. With `preview`, says what it would be.',
  request: { params: subscriptionParam, ...jsonBody(newRefundSchema) },
  responses: { 200: jsonAnswer(refundSchema, 'What was given back.'), ...writeProblems, ...problems(503) },
})
