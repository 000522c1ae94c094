import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, Env } from 'hono'
import { problemResponse } from './problem.ts'

/** What every request carries. */
export interface AppEnv extends Env {
  Variables: {
    requestId: string
    secureHeadersNonce?: string
    /** A Content-Security-Policy in place of the usual one. */
    ownPolicy?: string
    /** The peer's address; behind a trusted proxy, the client's (http/client-address.ts). */
    clientAddress: string
    bodyBytesMax: number
  }
}

export type AppContext = Context<AppEnv>

/** The shape of an RFC 9457 problem, for OpenAPI. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable; program against this, not against the title.' }),
    requestId: z.string(),
    errors: z.array(z.object({ in: z.string(), path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

/** For `responses` of a route: `...problems(400, 404)`. */
export const problems = (...statuses: readonly number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'A problem (RFC 9457).', content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  )

/** A router whose validation failures are problems that name each wrong field. */
export function createApiRouter<Env extends AppEnv = AppEnv>(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const errors = result.error.issues.slice(0, 20).map((issue) => ({
        in: result.target,
        path: issue.path.join('.'),
        message: issue.message,
      }))
      return problemResponse({ code: 'invalid_request', requestId: c.get('requestId'), details: { errors } })
    },
  })
}
