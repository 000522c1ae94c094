// Readability, a sample agent: a small web app that signs people in with Rialto, and reads as many texts as they may have read.
import { createAgentApp } from '@rialto/example-kit'
import { liftUrl, newRequestId } from '@rialto/sdk'
import type { Session } from '@rialto/sdk'
import { analyse, charactersMax } from './analyse.ts'
import { page } from './page.ts'
import type { Page } from './page.ts'

const { app, rialto, origin, currentSession, listen } = createAgentApp({
  slug: 'readability',
  bodyBytesMax: charactersMax * 6,
  failed: page,
})

/** The page for somebody who is signed in: with what they have left, and the way to more where that is nothing. */
async function personPage({ userId, name = 'you' }: Session, shown: Partial<Page> = {}) {
  const standing = shown.standing ?? (await rialto.check({ userId, metric: 'texts' }))
  const lift = standing.allowed ? undefined : liftUrl(standing, origin)
  return page({ name, requestId: newRequestId(), ...shown, standing, lift })
}

app.get('/', async (c) => {
  const session = await currentSession(c)
  return c.html(session === undefined ? page({}) : await personPage(session))
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

listen()
