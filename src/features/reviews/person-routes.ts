import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { slugSchema } from '#src/features/catalog/index.ts'
import { asManager, jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { getReviewedAgent } from './agent.ts'
import { deleteReview } from './delete-review.ts'
import { readOwnReview } from './read/own-review.ts'
import { replyToReview } from './reply-to-review.ts'
import { reportReview } from './report-review.ts'
import { newReportSchema, newReviewSchema, ownReviewSchema, replySchema } from './schema.ts'
import { writeReview } from './write-review.ts'

/** What somebody who is signed in does about reviews: their own, their agent's, another one that is wrong. */
export function personRoutes(router: ConsoleRouter, deps: Pick<Deps, 'db' | 'auth' | 'jobs'>): void {
  router.openapi(readOwnRoute, async (c) => {
    const agent = await getReviewedAgent(deps.db, c.req.valid('param').slug)
    return c.json(await readOwnReview(deps.db, { agent, userId: c.get('person').id }), 200)
  })
  router.openapi(writeRoute, async (c) => {
    const { slug } = c.req.valid('param')
    const { own, isNew } = await writeReview(deps, { slug, userId: c.get('person').id, review: c.req.valid('json') })
    return c.json(own, isNew ? 201 : 200)
  })
  router.openapi(deleteRoute, async (c) => {
    await deleteReview(deps, { slug: c.req.valid('param').slug, userId: c.get('person').id })
    return c.body(null, 204)
  })
  router.openapi(replyRoute, async (c) => {
    const { slug, id: reviewId } = c.req.valid('param')
    const by = await asManager(c, { db: deps.db, slug })
    await replyToReview(deps, { by, reviewId, body: c.req.valid('json').body })
    return c.body(null, 204)
  })
  router.openapi(removeReplyRoute, async (c) => {
    const { slug, id: reviewId } = c.req.valid('param')
    await replyToReview(deps, { by: await asManager(c, { db: deps.db, slug }), reviewId, body: null })
    return c.body(null, 204)
  })
  router.openapi(reportRoute, async (c) => {
    const { slug, id: reviewId } = c.req.valid('param')
    await reportReview(deps, { slug, reviewId, userId: c.get('person').id, report: c.req.valid('json') })
    return c.body(null, 204)
  })
}

export const ownReviewPath = '/agents/{slug}/review'
export const oneReviewPath = '/agents/{slug}/reviews/{id}'
const common = { tags: ['Reviews'], security: signedIn }
const ofAgent = z.strictObject({ slug: slugSchema.openapi({ example: 'readability' }) })
const ofReview = ofAgent.extend({ id: z.uuid().openapi({ description: 'The review’s.' }) })

const readOwnRoute = createRoute({
  ...common,
  method: 'get',
  path: ownReviewPath,
  operationId: 'getOwnReview',
  summary: 'Read your review of an agent',
  description: 'And whether you may write one.',
  request: { params: ofAgent },
  responses: { 200: jsonAnswer(ownReviewSchema, 'Yours.'), ...readProblems },
})

const writeRoute = createRoute({
  ...common,
  method: 'put',
  path: ownReviewPath,
  operationId: 'writeReview',
  summary: 'Write or change your review of an agent',
  description:
    'One for each person and agent. 403 with an `obstacle` for whoever has not signed in at the agent on two different days, or is one of its publisher’s people.',
  request: { params: ofAgent, ...jsonBody(newReviewSchema) },
  responses: {
    200: jsonAnswer(ownReviewSchema, 'Changed, or the same as before.'),
    201: jsonAnswer(ownReviewSchema, 'Written.'),
    ...writeProblems,
    ...problems(429),
  },
})

const deleteRoute = createRoute({
  ...common,
  method: 'delete',
  path: ownReviewPath,
  operationId: 'deleteReview',
  summary: 'Delete your review of an agent',
  description: 'Of one that an operator has hidden the words go; that it is hidden stays.',
  request: { params: ofAgent },
  responses: { 204: { description: 'It is gone.' }, ...writeProblems },
})

const replyRoute = createRoute({
  ...common,
  method: 'put',
  path: `${oneReviewPath}/reply`,
  operationId: 'replyToReview',
  summary: 'Answer a review of your agent',
  description:
    'One answer for each review, by owners and admins of the publishing organization; replaces the one before.',
  request: { params: ofReview, ...jsonBody(replySchema) },
  responses: { 204: { description: 'It stands under the review.' }, ...writeProblems },
})

const removeReplyRoute = createRoute({
  ...common,
  method: 'delete',
  path: `${oneReviewPath}/reply`,
  operationId: 'removeReviewReply',
  summary: 'Take your answer to a review away',
  request: { params: ofReview },
  responses: { 204: { description: 'It is gone.' }, ...writeProblems },
})

const reportRoute = createRoute({
  ...common,
  method: 'post',
  path: `${oneReviewPath}/report`,
  operationId: 'reportReview',
  summary: 'Report a review',
  description: 'An operator looks at it. Reporting it again before that changes nothing.',
  request: { params: ofReview, ...jsonBody(newReportSchema) },
  responses: { 204: { description: 'It was reported.' }, ...writeProblems, ...problems(429) },
})
