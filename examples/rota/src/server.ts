// Rota, a sample agent: plans who works when. What a plan costs is known only when it is found, so it holds the most that the
// search may take, searches, and pays for the steps that it took; the rest is free again at once.
import { createAgentApp } from '@rialto/example-kit'
import { liftUrl, newRequestId } from '@rialto/sdk'
import type { Reservation, Session } from '@rialto/sdk'
import { page } from './page.ts'
import type { Page } from './page.ts'
import { plan } from './plan.ts'
import { charactersMax, keyOf, readTask } from './task.ts'

/** Of one search; what is left is held where that is less. */
const stepsMax = 1_000

const { app, rialto, origin, currentSession, listen } = createAgentApp({
  slug: 'rota',
  bodyBytesMax: charactersMax * 12,
  failed: page,
})

async function personPage({ userId, name = 'you' }: Session, shown: Partial<Page> = {}) {
  const standing = shown.standing ?? (await rialto.check({ userId, metric: 'steps' }))
  const lift = standing.allowed ? undefined : liftUrl(standing, origin)
  return page({ name, requestId: newRequestId(), ...shown, standing, lift })
}

/** What was held for a form where it was less: the form sent again asks for the same. */
const lessHeld = new Map<string, number>()
const remembered = 1_000

/** Holds what the search may take: all of it, or what is left. */
async function hold({ userId }: Session, form: string): Promise<Reservation> {
  const reserve = (key: string, amount: number) =>
    rialto.reserve({ userId, metric: 'steps', key, amount, ttlSeconds: 60 })
  const held = lessHeld.has(form) ? undefined : await reserve(form, stepsMax)
  if (held !== undefined && (held.allowed || held.reason !== 'quota_exceeded' || held.remaining === 0)) return held
  const amount = lessHeld.get(form) ?? Math.min(stepsMax, held?.remaining ?? 0)
  for (const oldest of lessHeld.keys()) if (lessHeld.size >= remembered) lessHeld.delete(oldest)
  lessHeld.set(form, amount)
  return reserve(`${form}:rest`, amount)
}

app.get('/', async (c) => {
  const session = await currentSession(c)
  return c.html(session === undefined ? page({}) : await personPage(session))
})

app.post('/plan', async (c) => {
  const session = await currentSession(c)
  if (session === undefined) return c.redirect('/')
  const { shifts, people, requestId } = await c.req.parseBody()
  if (typeof shifts !== 'string' || typeof people !== 'string' || typeof requestId !== 'string')
    return c.html(await personPage(session, { problem: 'There is no shift to plan.' }), 400)
  const typed = { shifts, people }
  const task = Math.max(shifts.length, people.length) > charactersMax ? 'That is too long.' : readTask(typed)
  if (typeof task === 'string') return c.html(await personPage(session, { ...typed, problem: task }), 400)
  await using held = await hold(session, keyOf({ requestId, ...typed }))
  if (!held.allowed) return c.html(await personPage(session, { ...typed, requestId, standing: held }))
  const found = plan(task, held.amount)
  await held.commit(found.steps)
  return c.html(await personPage(session, { ...typed, result: { task, plan: found, held: held.amount } }))
})

listen()
