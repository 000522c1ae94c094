import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '#src/http/api.ts'
import { problemResponse } from '#src/http/problem.ts'
import { resourceMetadataUrl } from '../provider/resources.ts'
import type { Scope } from '../provider/scopes.ts'
import type { AccessToken, AccessTokens } from './access-tokens.ts'

export interface TokenEnv extends AppEnv {
  Variables: AppEnv['Variables'] & { token: AccessToken }
}

interface TokenGuard {
  readonly tokens: AccessTokens
  /** The audience a token must name, such as `{baseUrl}/api`. */
  readonly resource: string
  /** All of them are needed. */
  readonly scopes?: readonly Scope[]
}

/** What became of an Authorization header. */
export type TokenCheck =
  | { readonly kind: 'granted'; readonly token: AccessToken }
  | { readonly kind: 'missing' | 'invalid' }
  | { readonly kind: 'insufficient_scope'; readonly scopes: readonly Scope[] }

/** The token of a request, if it is for this resource and carries the scopes (RFC 6750 §3.1). */
export async function checkToken(
  authorization: string | undefined,
  { tokens, resource, scopes = [] }: TokenGuard,
): Promise<TokenCheck> {
  if (authorization === undefined || !/^bearer( |$)/i.test(authorization)) return { kind: 'missing' }
  const text = /^bearer +([\w\-.~+/]+=*)$/i.exec(authorization)?.[1]
  const token = text === undefined ? undefined : await tokens.verify(text)
  if (token === undefined || !token.audiences.includes(resource)) return { kind: 'invalid' }
  if (!scopes.every((scope) => token.scopes.includes(scope))) return { kind: 'insufficient_scope', scopes }
  return { kind: 'granted', token }
}

/** Lets requests with such a token through; the others learn from the answer where to get one (RFC 9728 §5.1). */
export function tokenGuard(guard: TokenGuard): MiddlewareHandler<TokenEnv> {
  const metadata = `resource_metadata="${resourceMetadataUrl(guard.resource)}"`
  return async (c, next) => {
    const check = await checkToken(c.req.header('authorization'), guard)
    switch (check.kind) {
      case 'granted':
        c.set('token', check.token)
        return next()
      case 'missing':
        return refusal(c, 'unauthenticated', `Bearer ${metadata}`)
      case 'invalid':
        return refusal(c, 'unauthenticated', `Bearer error="invalid_token", ${metadata}`)
      case 'insufficient_scope': {
        const scope = `scope="${check.scopes.join(' ')}"`
        return refusal(c, 'forbidden', `Bearer error="insufficient_scope", ${scope}, ${metadata}`)
      }
    }
  }
}

function refusal(c: Context<TokenEnv>, code: 'unauthenticated' | 'forbidden', challenge: string): Response {
  const response = problemResponse({ code, requestId: c.get('requestId') })
  response.headers.set('www-authenticate', challenge)
  return response
}
