import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './api.ts'
import { problemResponse } from './problem.ts'

const hostname = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.')

interface HostCheck {
  readonly baseUrl: string
  /** Demo: any name of this machine will do. */
  readonly allowsLoopback: boolean
}

/**
 * Refuses requests addressed to another name, so that a web page elsewhere can't reach this server by pointing its own name
 * at it (DNS rebinding), and links in mails are never built from a foreign Host. Who opens the demo under another name of
 * this machine is led to the one that cookies and forms are made for.
 */
export function hostCheck({ baseUrl, allowsLoopback }: HostCheck): MiddlewareHandler<AppEnv> {
  const expected = new URL(baseUrl).hostname
  return async (c, next) => {
    const host = hostname(c.req.header('host') ?? '')
    if (host === expected) return next()
    if (!allowsLoopback || !isThisMachine(host)) {
      return problemResponse({
        code: 'forbidden',
        requestId: c.get('requestId'),
        details: { detail: 'This server does not answer under that host name.' },
      })
    }
    const wantsPage = c.req.method === 'GET' && (c.req.header('accept') ?? '').includes('text/html')
    if (!wantsPage) return next()
    const { pathname, search } = new URL(c.req.url)
    return c.redirect(`${baseUrl}${pathname}${search}`, 307)
  }
}
