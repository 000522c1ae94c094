// Readability, a sample agent: a small web app that signs people in with Rialto and reads their texts.
import { serve } from '@hono/node-server'
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import type { Context } from 'hono'
import { analyse, charactersMax } from './analyse.ts'
import { page } from './page.ts'
import { connect } from './rialto.ts'
import type { Flow, Session } from './rialto.ts'

const need = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}
const origin = need('ORIGIN')
const rialto = await connect({
  issuer: need('RIALTO_ISSUER'),
  clientId: need('RIALTO_CLIENT_ID'),
  clientSecret: need('RIALTO_CLIENT_SECRET'),
  redirectUri: `${origin}/callback`,
})

// Browsers share cookies between the ports of a host, so this app's have names of their own.
const sessionCookie = 'readability_session'
const flowCookie = 'readability_flow'
const cookieSecret = randomUUID()
const cookieOptions = { httpOnly: true, sameSite: 'Lax', secure: origin.startsWith('https:'), path: '/' } as const
const sessionsMax = 1_000
const sessions = new Map<string, Session>()

/** Who is signed in, if Rialto still stands for them. */
async function currentSession(c: Context): Promise<Session | undefined> {
  const id = getCookie(c, sessionCookie)
  const session = id === undefined ? undefined : sessions.get(id)
  if (id === undefined || session === undefined) return undefined
  const living = await rialto.renew(session)
  if (living === undefined) sessions.delete(id)
  else sessions.set(id, living)
  return living
}

const app = new Hono()
app.use(csrf({ origin }))
app.use(bodyLimit({ maxSize: charactersMax * 6 }))

app.get('/', async (c) => {
  const session = await currentSession(c)
  return c.html(page({ name: session?.name }))
})

// Also where Rialto's "Launch" leads (OpenID Connect Core §4, initiate_login_uri).
app.get('/sign-in', async (c) => {
  const { flow, url } = await rialto.begin()
  await setSignedCookie(c, flowCookie, JSON.stringify(flow), cookieSecret, { ...cookieOptions, maxAge: 600 })
  return c.redirect(url.href)
})

app.get('/callback', async (c) => {
  const flow = await getSignedCookie(c, cookieSecret, flowCookie)
  deleteCookie(c, flowCookie, { path: '/' })
  if (typeof flow !== 'string')
    return c.html(page({ name: undefined, problem: 'That sign-in took too long. Please try again.' }), 400)
  try {
    const session = await rialto.finish(
      new URL(c.req.url.replace(/^[a-z]+:\/\/[^/]+/, origin)),
      JSON.parse(flow) as Flow,
    )
    const id = randomUUID()
    for (const oldest of sessions.keys()) if (sessions.size >= sessionsMax) sessions.delete(oldest)
    sessions.set(id, session)
    setCookie(c, sessionCookie, id, cookieOptions)
    return c.redirect('/')
  } catch {
    return c.html(page({ name: undefined, problem: 'Rialto did not sign you in. Nothing was stored.' }), 400)
  }
})

app.post('/analyse', async (c) => {
  const session = await currentSession(c)
  if (session === undefined) return c.redirect('/')
  const { text } = await c.req.parseBody()
  if (typeof text !== 'string' || text.trim() === '')
    return c.html(page({ name: session.name, problem: 'There is no text to read.' }), 400)
  if (text.length > charactersMax)
    return c.html(page({ name: session.name, text, problem: 'The text is too long.' }), 413)
  return c.html(page({ name: session.name, text, analysis: analyse(text) }))
})

app.post('/sign-out', (c) => {
  sessions.delete(getCookie(c, sessionCookie) ?? '')
  deleteCookie(c, sessionCookie, { path: '/' })
  return c.redirect('/')
})

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(new URL(origin).port) }, () =>
  process.stdout.write('ready\n'),
)
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => server.close(() => process.exit(0)))
// Started by another program, it ends with it.
process.on('disconnect', () => process.exit(0))
