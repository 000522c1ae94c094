import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonBody, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { moderationSchema } from '../schema.ts'
import { moderateReview } from './moderate-review.ts'
import type { Moderation } from './moderate-review.ts'

/** `/operator/reviews/{id}/…`: what operators decide about reviews. */
export function moderationRoutes(router: ConsoleRouter, { db }: Pick<Deps, 'db'>): void {
  for (const act of ['hide', 'unhide', 'keep'] as const) {
    router.openapi(moderateRoute(act), async (c) => {
      const { reason } = c.req.valid('json')
      await moderateReview({ db }, { act, reviewId: c.req.valid('param').id, operatorId: c.get('person').id, reason })
      return c.body(null, 204)
    })
  }
}

const common = { tags: ['Operating: reviews'], security: signedIn }

const words: Readonly<Record<Moderation, { readonly summary: string; readonly description: string }>> = {
  hide: {
    summary: 'Hide a review',
    description: 'Only its author still sees it, with the reason. Counts in no rating. Upholds the open reports of it.',
  },
  unhide: { summary: 'Show a hidden review again', description: 'It counts again.' },
  keep: { summary: 'Keep a reported review', description: 'Dismisses the open reports of it. 409 while it is hidden.' },
}

const moderateRoute = (act: Moderation) =>
  createRoute({
    ...common,
    method: 'post',
    path: `/operator/reviews/{id}/${act}`,
    operationId: `${act}Review`,
    ...words[act],
    request: {
      params: z.strictObject({ id: z.uuid().openapi({ description: 'The review’s.' }) }),
      ...jsonBody(moderationSchema),
    },
    responses: { 204: { description: 'It is so.' }, ...writeProblems },
  })
