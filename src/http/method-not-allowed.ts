import type { Hono } from 'hono'
import type { AppContext, AppEnv } from './api.ts'
import { problemResponse } from './problem.ts'

/**
 * The answer for a path that nothing took: 405 with Allow where other methods are there (RFC 9110 §15.5.6), else 404.
 * `routes` are those of a router mounted at `prefix`.
 */
export function nothingHere({ router, prefix }: { router: Hono<AppEnv>; prefix: string }) {
  const known = router.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  return (c: AppContext): Response => {
    const path = c.req.path.slice(prefix.length)
    const methods = new Set(known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
    if (methods.has('GET')) methods.add('HEAD')
    const requestId = c.get('requestId')
    if (methods.size === 0) return problemResponse({ code: 'not_found', requestId })
    const response = problemResponse({ code: 'method_not_allowed', requestId })
    response.headers.set('allow', [...methods].toSorted().join(', '))
    return response
  }
}

/** Hono's `/agents/:slug` as an expression for one whole path. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/:\w+/g, '[^/]+')}$`)
