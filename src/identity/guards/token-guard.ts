import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '#src/http/api.ts'
import { problemResponse } from '#src/http/problem.ts'
import type { Scope } from '../provider/scopes.ts'
import type { AccessToken, AccessTokens } from './access-tokens.ts'
import { challenge } from './challenge.ts'
import type { TokenScheme } from './challenge.ts'

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

/** What of a request says who makes it. */
export interface TokenRequest {
  readonly authorization: string | undefined
  readonly dpop: string | undefined
  readonly method: string
  readonly path: string
}

/** What became of it. */
export type TokenCheck =
  | { readonly kind: 'granted'; readonly token: AccessToken }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly scheme: TokenScheme }
  | { readonly kind: 'unproven' }
  | { readonly kind: 'insufficient_scope'; readonly scheme: TokenScheme; readonly scopes: readonly Scope[] }

/**
 * The token of a request, if it is for this resource and carries the scopes (RFC 6750 §3.1). One that is bound to a key counts
 * with the DPoP scheme and a proof alone, and one that isn't as a bearer token alone (RFC 9449 §7.1, §7.2).
 */
export async function checkToken(request: TokenRequest, guard: TokenGuard): Promise<TokenCheck> {
  const { authorization } = request
  const scheme = authorization === undefined ? undefined : schemeOf(authorization)
  if (authorization === undefined || scheme === undefined) return { kind: 'missing' }
  const { tokens, resource, scopes = [] } = guard
  const text = /^\w+ +([\w\-.~+/]+=*)$/.exec(authorization)?.[1]
  const token = text === undefined ? undefined : await tokens.verify(text)
  if (text === undefined || token === undefined || !token.audiences.includes(resource))
    return { kind: 'invalid', scheme }
  if ((token.jkt === undefined) !== (scheme === 'Bearer')) return { kind: 'invalid', scheme }
  if (token.jkt !== undefined) {
    const { dpop: proof, method, path } = request
    const shown = { proof, method, path, accessToken: text, jkt: token.jkt }
    if (!(await tokens.provesPossession(shown))) return { kind: 'unproven' }
  }
  if (!scopes.every((scope) => token.scopes.includes(scope))) return { kind: 'insufficient_scope', scheme, scopes }
  return { kind: 'granted', token }
}

function schemeOf(authorization: string): TokenScheme | undefined {
  if (/^bearer( |$)/i.test(authorization)) return 'Bearer'
  return /^dpop( |$)/i.test(authorization) ? 'DPoP' : undefined
}

/** Lets requests with such a token through; the others learn from the answer what was wrong and where to get one. */
export function tokenGuard(guard: TokenGuard): MiddlewareHandler<TokenEnv> {
  const { resource } = guard
  return async (c, next) => {
    const { method, path } = c.req
    const request = { authorization: c.req.header('authorization'), dpop: c.req.header('dpop'), method, path }
    const check = await checkToken(request, guard)
    switch (check.kind) {
      case 'granted':
        c.set('token', check.token)
        return next()
      case 'missing':
        return refusal(c, 'unauthenticated', challenge({ resource }))
      case 'invalid': {
        const { scheme } = check
        return refusal(c, 'unauthenticated', challenge({ resource, scheme, refusal: { error: 'invalid_token' } }))
      }
      case 'unproven': {
        const unproven = { scheme: 'DPoP', refusal: { error: 'invalid_dpop_proof' } } as const
        return refusal(c, 'unauthenticated', challenge({ resource, ...unproven }))
      }
      case 'insufficient_scope': {
        const { scheme, scopes } = check
        const insufficient = { error: 'insufficient_scope', scopes } as const
        return refusal(c, 'forbidden', challenge({ resource, scheme, refusal: insufficient }))
      }
    }
  }
}

function refusal(c: Context<TokenEnv>, code: 'unauthenticated' | 'forbidden', header: string): Response {
  const response = problemResponse({ code, requestId: c.get('requestId') })
  response.headers.set('www-authenticate', header)
  return response
}
