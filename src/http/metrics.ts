import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { timingSafeEqual } from 'node:crypto'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { AppContext, AppEnv } from './api.ts'
import { isLoopbackAddress, peerAddress } from './client-address.ts'
import { problemResponse } from './problem.ts'

export interface Metrics {
  readonly registry: Registry
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>
}

/** A registry of its own, so that two servers in one process don't share counters. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'rialto_' })
  const requestSeconds = new Histogram({
    name: 'rialto_http_request_duration_seconds',
    help: 'Time from request to response headers, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return { registry, requestSeconds }
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Times each request under its route pattern, never its path: labels must stay few. */
export function measureRequests({ requestSeconds }: Metrics): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const stop = requestSeconds.startTimer()
    await next()
    const method = knownMethods.has(c.req.method) ? c.req.method : 'other'
    stop({ method, route: routePath(c, -1), status: String(c.res.status) })
  }
}

/** `GET /metrics` for Prometheus: from this machine (and not through a proxy), or with the bearer token. */
export function metricsHandler({ registry }: Metrics, token: string | undefined) {
  return async (c: AppContext): Promise<Response> => {
    if (!mayRead(c, token)) return problemResponse({ code: 'forbidden', requestId: c.get('requestId') })
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType, 'cache-control': 'no-store' })
  }
}

function mayRead(c: AppContext, token: string | undefined): boolean {
  const forwarded = c.req.header('x-forwarded-for') ?? c.req.header('forwarded')
  if (forwarded === undefined && isLoopbackAddress(peerAddress(c))) return true
  if (token === undefined) return false
  const offered = Buffer.from(c.req.header('authorization') ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return offered.length === expected.length && timingSafeEqual(offered, expected)
}
