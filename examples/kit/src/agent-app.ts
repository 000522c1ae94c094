// A small web app whose people sign in with Rialto: the routes for it, their sessions, and the server.
import { randomUUID } from 'node:crypto'
import { serve } from '@hono/node-server'
import { Rialto } from '@rialto/sdk'
import type { Session } from '@rialto/sdk'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import type { Html } from './layout.ts'

interface AgentAppOptions {
  /** Begins the names of its cookies: browsers share them between the ports of a host. */
  readonly slug: string
  /** Of a form, in bytes. */
  readonly bodyBytesMax: number
  /** The page that says what went wrong to somebody who isn't signed in, or that Rialto can't be asked. */
  readonly failed: (failure: { readonly problem?: string; readonly isAway?: boolean }) => Html
}

export interface AgentApp {
  readonly app: Hono
  readonly rialto: Rialto
  /** Of this agent: scheme, host and port. */
  readonly origin: string
  /** Who is signed in, if Rialto still stands for them. */
  currentSession(c: Context): Promise<Session | undefined>
  /** Serves until the process is told to end, or whoever started it ends. */
  listen(): void
}

const sessionsMax = 1_000

/** Reads `ORIGIN` and `RIALTO_ISSUER`, `RIALTO_CLIENT_ID`, `RIALTO_CLIENT_SECRET` from the environment. */
export function createAgentApp({ slug, bodyBytesMax, failed }: AgentAppOptions): AgentApp {
  const env = process.env
  const origin = env['ORIGIN'] ?? 'http://localhost:3001'
  const rialto = new Rialto({
    issuer: env['RIALTO_ISSUER'],
    clientId: env['RIALTO_CLIENT_ID'],
    clientSecret: env['RIALTO_CLIENT_SECRET'],
  })
  const auth = rialto.auth({ redirectUri: `${origin}/callback` })
  const sessionCookie = `${slug}_session`
  const flowCookie = `${slug}_flow`
  const cookieSecret = randomUUID()
  const cookieOptions = { httpOnly: true, sameSite: 'Lax', secure: origin.startsWith('https:'), path: '/' } as const
  const sessions = new Map<string, Session>()

  const app = new Hono()
  app.use(csrf({ origin }))
  app.use(bodyLimit({ maxSize: bodyBytesMax }))
  app.onError((error, c) => {
    process.stderr.write(`${error.stack}\n`)
    return c.html(failed({ isAway: true }), 503)
  })

  // Also where Rialto's "Launch" leads (OpenID Connect Core §4, initiate_login_uri).
  app.get('/sign-in', async (c) => {
    const { flow, url } = await auth.begin()
    await setSignedCookie(c, flowCookie, flow, cookieSecret, { ...cookieOptions, maxAge: 600 })
    return c.redirect(url.href)
  })

  app.get('/callback', async (c) => {
    const flow = await getSignedCookie(c, cookieSecret, flowCookie)
    deleteCookie(c, flowCookie, { path: '/' })
    if (typeof flow !== 'string')
      return c.html(failed({ problem: 'That sign-in took too long. Please try again.' }), 400)
    try {
      const session = await auth.finish(new URL(c.req.url).searchParams, flow)
      const id = randomUUID()
      for (const oldest of sessions.keys()) if (sessions.size >= sessionsMax) sessions.delete(oldest)
      sessions.set(id, session)
      setCookie(c, sessionCookie, id, cookieOptions)
      return c.redirect('/')
    } catch {
      return c.html(failed({ problem: 'Rialto did not sign you in. Nothing was stored.' }), 400)
    }
  })

  app.post('/sign-out', (c) => {
    sessions.delete(getCookie(c, sessionCookie) ?? '')
    deleteCookie(c, sessionCookie, { path: '/' })
    return c.redirect('/')
  })

  return {
    app,
    rialto,
    origin,
    async currentSession(c) {
      const id = getCookie(c, sessionCookie) ?? ''
      const session = sessions.get(id)
      const living = session && (await auth.renew(session))
      if (living === undefined) sessions.delete(id)
      else sessions.set(id, living)
      return living
    },
    listen() {
      const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(new URL(origin).port) }, () =>
        process.stdout.write('ready\n'),
      )
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => server.close(() => process.exit(0)))
      // Started by another program, it ends with it.
      process.on('disconnect', () => process.exit(0))
    },
  }
}
