// Readability, a sample agent: a small web app that signs people in with Rialto, and reads as many texts as they may have read.
import { createAgentApp } from '@rialto/example-kit'
import type { Standing } from '@rialto/example-kit'
import { liftUrl, newRequestId } from '@rialto/sdk'
import type { Session } from '@rialto/sdk'
import { analyse, charactersMax } from './analyse.ts'
import type { Analysis } from './analyse.ts'
import { page } from './page.ts'
import type { Page } from './page.ts'
import { keyOf, proverbs, textsOf } from './texts.ts'
import type { SentForm } from './texts.ts'

const { app, rialto, origin, currentSession, listen } = createAgentApp({
  slug: 'readability',
  bodyBytesMax: charactersMax * 6,
  failed: page,
})

/** The page for somebody who is signed in: with what they have left, and the way to more where that is nothing. */
async function personPage({ userId, name = 'you' }: Session, shown: Partial<Page> = {}) {
  const standing = shown.standing ?? (await rialto.check({ userId, metric: 'texts' }))
  const form = { requestId: newRequestId(), ...shown }
  const lift = standing.allowed ? undefined : liftUrl(standing, wayBack(form))
  return page({ name, ...form, standing, lift })
}

/** To the form that was stopped, so that the same can be sent again. Only proverbs are still known then: no text is kept. */
const wayBack = ({ text, requestId }: Partial<Page>): string =>
  text === proverbs ? `${origin}/?proverbs=${requestId}` : origin

app.get('/', async (c) => {
  const session = await currentSession(c)
  if (session === undefined) return c.html(page({}))
  const sample = c.req.query('proverbs')
  if (sample === undefined) return c.html(await personPage(session))
  const form = { text: proverbs, readsLines: true }
  return c.html(await personPage(session, isUuid(sample) ? { ...form, requestId: sample } : form))
})

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

app.post('/analyse', async (c) => {
  const session = await currentSession(c)
  if (session === undefined) return c.redirect('/')
  const { text, requestId, lines } = await c.req.parseBody()
  if (typeof text !== 'string' || typeof requestId !== 'string')
    return c.html(await personPage(session, { problem: 'There is no text to read.' }), 400)
  // A form's line breaks come as CR LF.
  const form = { requestId: requestId.slice(0, 100), text: text.replaceAll('\r\n', '\n'), readsLines: lines === 'each' }
  const texts = textsOf(form)
  if (typeof texts === 'string')
    return c.html(await personPage(session, { ...form, problem: texts }), text.length > charactersMax ? 413 : 400)
  const { analyses, standing } = await readInTurn(session, { form, texts })
  const again = standing.allowed ? { requestId: newRequestId() } : {}
  return c.html(await personPage(session, { ...form, ...again, texts, analyses, standing }))
})

interface Reading {
  readonly form: SentForm
  readonly texts: readonly string[]
}

/** One after another, until there are no more or somebody may have no more read. Sent again, what was read counts no second time. */
async function readInTurn({ userId }: Session, { form: { requestId }, texts }: Reading) {
  const analyses: Analysis[] = []
  let standing: Standing | undefined
  for (const [place, text] of texts.entries()) {
    const line = place + 1
    const key = keyOf({ requestId, line, text })
    const request = { request: requestId, line }
    standing = await rialto.consume({ userId, metric: 'texts', key, metadata: request })
    if (!standing.allowed) break
    analyses.push(analyse(text))
  }
  if (standing === undefined) throw new Error('there was no text')
  return { analyses, standing }
}

listen()
