import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { readBilling, saveBillingDetails } from '../customers/billing-details.ts'
import { openPortal } from '../customers/open-portal.ts'
import { listInvoices } from '../invoices/list-invoices.ts'
import {
  billingDetailsSchema,
  billingSchema,
  invoicesQuery,
  invoicePageSchema,
  portalInputSchema,
  portalSchema,
} from '../schema.ts'

/** `/invoices`, `/billing-details`, `/billing-portal`: what was paid, by whom, and with what. */
export function payingRoutes(router: ConsoleRouter, deps: Deps): void {
  router.openapi(invoicesRoute, async (c) => {
    const { items, nextCursor } = await listInvoices(deps, { userId: c.get('person').id, ...c.req.valid('query') })
    return c.json({ items: items.map((item) => ({ ...item, date: item.date.toISOString() })), nextCursor }, 200)
  })
  router.openapi(readRoute, async (c) => c.json(await readBilling(deps, { userId: c.get('person').id }), 200))
  router.openapi(saveRoute, async (c) => {
    const userId = c.get('person').id
    await saveBillingDetails(deps, { ...c.req.valid('json'), userId })
    return c.json(await readBilling(deps, { userId }), 200)
  })
  router.openapi(portalRoute, async (c) => {
    const { returnTo } = c.req.valid('json')
    const userId = c.get('person').id
    return c.json(await openPortal(deps, { userId, ...(returnTo !== undefined && { returnTo }) }), 201)
  })
}

const common = { tags: ['Buying: invoices and cards'], security: signedIn }
const writeProblems = problems(400, 401, 403, 415, 503)

const invoicesRoute = createRoute({
  ...common,
  method: 'get',
  path: '/invoices',
  operationId: 'listInvoices',
  summary: 'List your invoices',
  description: 'Newest first, 20 at a time.',
  request: { query: invoicesQuery },
  responses: { 200: jsonAnswer(invoicePageSchema, 'A page of them.'), ...readProblems, ...problems(503) },
})

const readRoute = createRoute({
  ...common,
  method: 'get',
  path: '/billing-details',
  operationId: 'readBillingDetails',
  summary: 'Read what stands on your invoices, and your cards',
  responses: { 200: jsonAnswer(billingSchema, 'As Stripe knows it.'), ...readProblems, ...problems(503) },
})

const saveRoute = createRoute({
  ...common,
  method: 'put',
  path: '/billing-details',
  operationId: 'saveBillingDetails',
  summary: 'Say what stands on your invoices',
  description:
    'From the next invoice on. A tax id that Stripe refuses is a 400 that names `taxId`; nothing is saved then.',
  request: { ...jsonBody(billingDetailsSchema) },
  responses: { 200: jsonAnswer(billingSchema, 'As it is now.'), ...writeProblems },
})

const portalRoute = createRoute({
  ...common,
  method: 'post',
  path: '/billing-portal',
  operationId: 'openBillingPortal',
  summary: 'Open Stripe’s page for cards',
  description: 'For the person who is signed in, for a short time.',
  request: { ...jsonBody(portalInputSchema) },
  responses: { 201: jsonAnswer(portalSchema, 'Where it is.'), ...writeProblems },
})
