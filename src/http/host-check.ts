import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './api.ts'
import { problemResponse } from './problem.ts'

const hostname = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.')

/**
 * Refuses requests addressed to another name, so that a web page elsewhere can't reach this server by pointing its own name
 * at it (DNS rebinding), and links in mails are never built from a foreign Host. `expected` undefined = this machine only.
 */
export function hostCheck(expected: string | undefined): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const host = hostname(c.req.header('host') ?? '')
    const isExpected = expected === undefined ? isThisMachine(host) : host === expected
    if (isExpected) return next()
    return problemResponse({
      code: 'forbidden',
      requestId: c.get('requestId'),
      details: { detail: 'This server does not answer under that host name.' },
    })
  }
}
