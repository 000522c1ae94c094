// Readability, a sample agent: a small web app that signs people in with Rialto, and reads as many texts as they may have read.
import { randomUUID } from 'node:crypto'
import { serve } from '@hono/node-server'
import { liftUrl, newRequestId, Rialto } from '@rialto/sdk'
import type { Session } from '@rialto/sdk'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import { analyse, charactersMax } from './analyse.ts'
import { page } from './page.ts'
import type { Page } from './page.ts'

const env = process.env
const origin = env['ORIGIN'] ?? 'http://localhost:3001'
const rialto = new Rialto({
  issuer: env['RIALTO_ISSUER'],
  clientId: env['RIALTO_CLIENT_ID'],
  clientSecret: env['RIALTO_CLIENT_SECRET'],
})
const auth = rialto.auth({ redirectUri: `${origin}/callback` })

// Browsers share cookies between the ports of a host, so this app's have names of their own.
const sessionCookie = 'readability_session'
const flowCookie = 'readability_flow'
const cookieSecret = randomUUID()
const cookieOptions = { httpOnly: true, sameSite: 'Lax', secure: origin.startsWith('https:'), path: '/' } as const
const sessionsMax = 1_000
const sessions = new Map<string, Session>()

/** Who is signed in, if Rialto still stands for them. */
async function currentSession(c: Context): Promise<Session | undefined> {
  const id = getCookie(c, sessionCookie) ?? ''
  const session = sessions.get(id)
  const living = session && (await auth.renew(session))
  if (living === undefined) sessions.delete(id)
  else sessions.set(id, living)
  return living
}

/** The page for somebody who is signed in: with what they have left, and the way to more where that is nothing. */
async function personPage({ userId, name = 'you' }: Session, shown: Partial<Page> = {}) {
  const standing = shown.standing ?? (await rialto.check({ userId, metric: 'texts' }))
  const lift = standing.allowed ? undefined : liftUrl(standing, origin)
  return page({ name, requestId: newRequestId(), ...shown, standing, lift })
}

const app = new Hono()
app.use(csrf({ origin }))
app.use(bodyLimit({ maxSize: charactersMax * 6 }))
app.onError((error, c) => {
  process.stderr.write(`${error.stack}\n`)
  return c.html(page({ isAway: true }), 503)
})

app.get('/', async (c) => {
  const session = await currentSession(c)
  return c.html(session === undefined ? page({}) : await personPage(session))
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
  if (typeof flow !== 'string') return c.html(page({ problem: 'That sign-in took too long. Please try again.' }), 400)
  try {
    const session = await auth.finish(new URL(c.req.url).searchParams, flow)
    const id = randomUUID()
    for (const oldest of sessions.keys()) if (sessions.size >= sessionsMax) sessions.delete(oldest)
    sessions.set(id, session)
    setCookie(c, sessionCookie, id, cookieOptions)
    return c.redirect('/')
  } catch {
    return c.html(page({ problem: 'Rialto did not sign you in. Nothing was stored.' }), 400)
  }
})

app.post('/analyse', async (c) => {
  const session = await currentSession(c)
  if (session === undefined) return c.redirect('/')
  const { text, requestId } = await c.req.parseBody()
  if (typeof text !== 'string' || text.trim() === '' || typeof requestId !== 'string')
    return c.html(await personPage(session, { problem: 'There is no text to read.' }), 400)
  if (text.length > charactersMax)
    return c.html(await personPage(session, { text, problem: 'The text is too long.' }), 413)
  const analysis = analyse(text)
  // The form's own id: sent twice, or again after a lost answer, it is counted once.
  const standing = await rialto.consume({ userId: session.userId, metric: 'texts', key: requestId })
  return c.html(
    await personPage(session, standing.allowed ? { text, analysis, standing } : { text, requestId, standing }),
  )
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
