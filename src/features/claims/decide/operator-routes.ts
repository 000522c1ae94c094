import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { claimStates } from '#src/db/schema/index.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { claimListSchema, claimSchema, refusalSchema } from '../schema.ts'
import { approveClaim } from './approve-claim.ts'
import { getClaim, listClaims } from './list-claims.ts'
import { refuseClaim } from './refuse-claim.ts'

/** `/operator/claims`: who says that an entry is theirs, and what is decided about it. */
export function claimOperatorRoutes(router: ConsoleRouter, deps: Deps): void {
  router.openapi(listRoute, async (c) => {
    const { items, nextCursor } = await listClaims(deps.db, c.req.valid('query'))
    return c.json({ items: [...items], nextCursor: nextCursor ?? null }, 200)
  })
  router.openapi(readRoute, async (c) => c.json(await getClaim(deps.db, c.req.valid('param').id), 200))
  router.openapi(approveRoute, async (c) => {
    const operatorId = c.get('person').id
    const approval = await approveClaim(deps, { claimId: c.req.valid('param').id, operatorId })
    if (approval.kind === 'unproven') throw new AppError('conflict', { detail: approval.answer })
    return c.body(null, 204)
  })
  router.openapi(refuseRoute, async (c) => {
    const operatorId = c.get('person').id
    await refuseClaim(deps, { claimId: c.req.valid('param').id, operatorId, ...c.req.valid('json') })
    return c.body(null, 204)
  })
}

export const claimsPath = '/operator/claims'
const common = { tags: ['Operating: claims'], security: signedIn }
const params = z.strictObject({ id: z.uuid().openapi({ description: 'The claim’s.' }) })

const listRoute = createRoute({
  ...common,
  method: 'get',
  path: claimsPath,
  operationId: 'listClaims',
  summary: 'List claims',
  description: 'Of open ones the oldest first, of decided ones the newest. `proven` ones wait for a decision.',
  request: {
    query: z.strictObject({
      state: z.enum(claimStates).default('proven'),
      cursor: z.uuid().optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
  },
  responses: { 200: jsonAnswer(claimListSchema, 'A page of them.'), ...readProblems },
})

const readRoute = createRoute({
  ...common,
  method: 'get',
  path: `${claimsPath}/{id}`,
  operationId: 'getClaim',
  summary: 'Get a claim',
  request: { params },
  responses: { 200: jsonAnswer(claimSchema, 'The claim.'), ...readProblems },
})

const approveRoute = createRoute({
  ...common,
  method: 'post',
  path: `${claimsPath}/{id}/approve`,
  operationId: 'approveClaim',
  summary: 'Approve a claim',
  description:
    'The proof is looked for once more; then the entry becomes the organization’s, competing claims are refused, and its members are told. 409 where the proof is gone, with what came back instead, or where the entry changed meanwhile.',
  request: { params },
  responses: { 204: { description: 'The entry is theirs.' }, ...writeProblems },
})

const refuseRoute = createRoute({
  ...common,
  method: 'post',
  path: `${claimsPath}/{id}/refuse`,
  operationId: 'refuseClaim',
  summary: 'Refuse a claim',
  request: { params, ...jsonBody(refusalSchema) },
  responses: { 204: { description: 'It is refused, and the claimant is told.' }, ...writeProblems },
})
