import { Hono } from 'hono'
import type { Deps } from '#src/deps.ts'
import type { AppEnv } from '#src/http/api.ts'
import { problemResponse } from '#src/http/problem.ts'
import { audiencesOf, tokenGuard } from '#src/identity/index.ts'
import type { TokenEnv } from '#src/identity/index.ts'

/**
 * The marketplace for other programs: a server of the Model Context Protocol (revision 2025-11-25, Streamable HTTP) at `/mcp`.
 * It keeps nothing between requests, so any process answers any of them, and it never streams: there is no GET and no DELETE.
 */
export function mcpRoutes(deps: Pick<Deps, 'db' | 'auth' | 'baseUrl' | 'site'>): Hono<AppEnv> {
  const { auth, baseUrl } = deps
  const router = new Hono<TokenEnv>()
  router.post(
    '/',
    async (c, next) => {
      // Pages elsewhere have no business here, token or not (MCP, "Security Warning" of the transport).
      const origin = c.req.header('origin')
      if (origin === undefined || origin === baseUrl) return next()
      return problemResponse({ code: 'forbidden', requestId: c.get('requestId') })
    },
    tokenGuard({ tokens: auth.tokens, resource: audiencesOf(baseUrl).mcp }),
    async (c) => {
      // Loaded when the first program comes: it takes a tenth of a second that a start need not wait for.
      const { answerMessage } = await import('./answer-message.ts')
      return answerMessage(c.req.raw, { deps, token: c.get('token') })
    },
  )
  router.all('/', (c) => {
    const response = problemResponse({ code: 'method_not_allowed', requestId: c.get('requestId') })
    response.headers.set('allow', 'POST')
    return response
  })
  // What the guard adds to the context is this router’s own matter; the types can’t say that.
  return router as unknown as Hono<AppEnv>
}
