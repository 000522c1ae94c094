import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, signedIn } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { cancelPlan } from '../changes/cancel-plan.ts'
import { commitChange } from '../changes/commit-change.ts'
import { previewChange } from '../changes/preview-change.ts'
import type { ChangePreview } from '../changes/preview-change.ts'
import { resumePlan } from '../changes/resume-plan.ts'
import {
  cancellationSchema,
  changeAnswerSchema,
  changeCommitSchema,
  changeInputSchema,
  changePreviewSchema,
  subscriptionParam,
} from '../schema.ts'

/** `/subscriptions/{id}/…`: another tier, the end, and taking the end back. */
export function changeRoutes(router: ConsoleRouter, deps: Deps): void {
  router.openapi(previewRoute, async (c) => {
    const which = { subscriptionId: c.req.valid('param').id, userId: c.get('person').id }
    return c.json(previewJson(await previewChange(deps, { ...which, ...c.req.valid('json') })), 200)
  })
  router.openapi(changeRoute, async (c) => {
    const which = { subscriptionId: c.req.valid('param').id, userId: c.get('person').id }
    const { id: intentId, prorationDate, expectedMinor, tierId } = c.req.valid('json')
    const answer = await commitChange(deps, {
      ...which,
      tierId,
      ...(intentId !== undefined && { intentId }),
      ...(prorationDate !== undefined && { prorationDate }),
      ...(expectedMinor !== undefined && { expectedMinor }),
    })
    return c.json(answer.kind === 'scheduled' ? { ...answer, at: answer.at.toISOString() } : answer, 200)
  })
  router.openapi(cancelRoute, async (c) => {
    const which = { subscriptionId: c.req.valid('param').id, userId: c.get('person').id }
    const { kind, endsAt } = await cancelPlan(deps, which)
    return c.json({ kind, endsAt: endsAt.toISOString() }, 200)
  })
  router.openapi(resumeRoute, async (c) => {
    await resumePlan(deps, { subscriptionId: c.req.valid('param').id, userId: c.get('person').id })
    return c.body(null, 204)
  })
}

function previewJson(preview: ChangePreview) {
  switch (preview.kind) {
    case 'now':
      return { ...preview, nextChargeAt: preview.nextChargeAt?.toISOString() ?? null }
    case 'at_period_end':
      return { ...preview, at: preview.at.toISOString() }
    case 'trial':
      return { ...preview, trialEndsAt: preview.trialEndsAt.toISOString() }
    case 'keep':
    case 'checkout':
      return preview
  }
}

const path = '/subscriptions/{id}'
const common = { tags: ['Buying: subscriptions'], security: signedIn }
const moneyProblems = problems(400, 401, 402, 403, 404, 409, 415, 503)

const previewRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/change/preview`,
  operationId: 'previewTierChange',
  summary: 'See what another tier would cost',
  description: 'Changes nothing. What takes nothing away acts at once; everything else at the end of the period.',
  request: { params: subscriptionParam, ...jsonBody(changeInputSchema) },
  responses: { 200: jsonAnswer(changePreviewSchema, 'What it would cost and do, and when.'), ...moneyProblems },
})

const changeRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/change`,
  operationId: 'changeTier',
  summary: 'Change the tier',
  description:
    'As the preview said, with its `prorationDate`. 402 `payment_declined`: the card was refused and nothing has changed. 402 `payment_required`: an open invoice comes first.',
  request: { params: subscriptionParam, ...jsonBody(changeCommitSchema) },
  responses: { 200: jsonAnswer(changeAnswerSchema, 'What came of it.'), ...moneyProblems },
})

const cancelRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/cancel`,
  operationId: 'cancelSubscription',
  summary: 'Cancel',
  description:
    'It goes on until the end of what is paid for; where a payment is late it ends at once, and nothing is owed. Cancelling again changes nothing.',
  request: { params: subscriptionParam },
  responses: { 200: jsonAnswer(cancellationSchema, 'When it ends.'), ...moneyProblems },
})

const resumeRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/resume`,
  operationId: 'resumeSubscription',
  summary: 'Take a cancellation back',
  description: 'Until it ends. Resuming what isn’t cancelled changes nothing.',
  request: { params: subscriptionParam },
  responses: { 204: { description: 'It goes on.' }, ...moneyProblems },
})
