import { createRoute } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { problems } from '#src/http/api.ts'
import type { AppEnv } from '#src/http/api.ts'
import { OpenAPIHono as Router } from '@hono/zod-openapi'
import { audiencesOf, tokenGuard } from '#src/identity/index.ts'
import type { TokenEnv } from '#src/identity/index.ts'
import { describeToken, tokenFactsSchema } from './describe-token.ts'

const whoAmI = createRoute({
  method: 'get',
  path: '/me',
  operationId: 'whoAmI',
  tags: ['Sign-in'],
  summary: 'Who the token says you are',
  description: 'Answers any access token for this API. Useful to see that a token arrives and what it may do.',
  security: [{ bearer: [] }],
  responses: {
    200: { description: 'What the token stands for.', content: { 'application/json': { schema: tokenFactsSchema } } },
    ...problems(401),
  },
})

/** What an agent can ask about itself. */
export function agentClientRoutes({ auth, baseUrl }: Pick<Deps, 'auth' | 'baseUrl'>): OpenAPIHono<AppEnv> {
  const router = new Router<TokenEnv>()
  router.use('/me', tokenGuard({ tokens: auth.tokens, resource: audiencesOf(baseUrl).api }))
  router.openapi(whoAmI, (c) => {
    return c.json(describeToken(c.get('token')), 200, { 'cache-control': 'no-store' })
  })
  // What the guard adds to the context is this router’s own matter; the types can’t say that.
  return router as unknown as OpenAPIHono<AppEnv>
}
