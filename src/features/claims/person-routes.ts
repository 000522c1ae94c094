import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { slugSchema } from '#src/features/catalog/index.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { checkClaim } from './check-claim.ts'
import { getUnclaimedAgent } from './claimed-agent.ts'
import { allowsThisMachine } from './context.ts'
import { readOwnClaim } from './read-own-claim.ts'
import { checkSchema, newClaimSchema, ownClaimSchema } from './schema.ts'
import type { OwnClaim } from './schema.ts'
import { startClaim } from './start-claim.ts'
import { withdrawClaim } from './withdraw-claim.ts'

/** `/agents/{slug}/claim`: somebody claims an entry for their organization. */
export function claimPersonRoutes(router: ConsoleRouter, deps: Deps): void {
  const answer = async (slug: string, viewer: AccountViewer): Promise<OwnClaim> => {
    const rule = { allowsThisMachine: allowsThisMachine(deps) }
    const { id: agentId } = await getUnclaimedAgent(deps.db, { slug, ...rule })
    const claim = await readOwnClaim(deps.db, { agentId, userId: viewer.id, ...rule })
    if (claim === undefined) throw new AppError('not_found')
    return claim
  }
  router.openapi(readRoute, async (c) => c.json(await answer(c.req.valid('param').slug, c.get('person')), 200))
  router.openapi(startRoute, async (c) => {
    const [{ slug }, viewer] = [c.req.valid('param'), c.get('person')]
    await startClaim(deps, { slug, viewer, ...c.req.valid('json') })
    return c.json(await answer(slug, viewer), 200)
  })
  router.openapi(checkRoute, async (c) => {
    const [{ slug }, viewer] = [c.req.valid('param'), c.get('person')]
    await checkClaim(deps, { slug, viewer, ...c.req.valid('json') })
    return c.json(await answer(slug, viewer), 200)
  })
  router.openapi(withdrawRoute, async (c) => {
    await withdrawClaim(deps, { slug: c.req.valid('param').slug, viewer: c.get('person') })
    return c.body(null, 204)
  })
}

export const ownClaimPath = '/agents/{slug}/claim'
const common = { path: ownClaimPath, tags: ['Claims'], security: signedIn }
const params = z.strictObject({ slug: slugSchema.openapi({ example: 'readability' }) })
const claim = jsonAnswer(ownClaimSchema, 'The claim, as it stands now.')

const readRoute = createRoute({
  ...common,
  method: 'get',
  operationId: 'getOwnClaim',
  summary: 'See your claim of an entry',
  description: 'That of an organization that you own or administer: the open one, else the last that was refused.',
  request: { params },
  responses: { 200: claim, ...readProblems, ...problems(409) },
})

const startRoute = createRoute({
  ...common,
  method: 'post',
  operationId: 'startClaim',
  summary: 'Claim an entry',
  description:
    'For an organization that you own or administer. Put the token where the answer says, then have it checked. 409 for an entry that is claimed or whose homepage proves nothing, as one on a code host.',
  request: { params, ...jsonBody(newClaimSchema) },
  responses: { 200: claim, ...writeProblems, ...problems(429) },
})

const checkRoute = createRoute({
  ...common,
  path: `${ownClaimPath}/check`,
  method: 'post',
  operationId: 'checkClaim',
  summary: 'Have the proof of a claim looked for',
  description: '`checkError` says what was asked and what came back; `state` is `proven` once the token was there.',
  request: { params, ...jsonBody(checkSchema) },
  responses: { 200: claim, ...writeProblems, ...problems(429) },
})

const withdrawRoute = createRoute({
  ...common,
  method: 'delete',
  operationId: 'withdrawClaim',
  summary: 'Withdraw your claim',
  request: { params },
  responses: { 204: { description: 'It is so.' }, ...writeProblems },
})
