// Termbase, a sample agent: keeps a glossary for each of a person's projects. How many projects somebody may keep is a level
// (a gauge): it goes up when one is kept and down when it is deleted. The texts that are added are counted each month.
import { setTimeout as pause } from 'node:timers/promises'
import { createAgentApp } from '@rialto/example-kit'
import { liftUrl, newRequestId } from '@rialto/sdk'
import type { Session } from '@rialto/sdk'
import type { Context } from 'hono'
import { nameCharactersMax, projectPage, projectsPage, signedOutPage } from './page.ts'
import { closeProject, openProject, settleProjects } from './projects.ts'
import { openStore } from './store.ts'
import type { Project } from './store.ts'
import { charactersMax, termsOf } from './terms.ts'

const { app, rialto, origin, currentSession, listen } = createAgentApp({
  slug: 'termbase',
  bodyBytesMax: charactersMax * 6,
  failed: signedOutPage,
})
const store = openStore(process.env['DATA_DIR'] ?? '.data')
const parts = { rialto, store }

async function showProjects(
  { userId, name = 'you' }: Session,
  shown: Partial<Parameters<typeof projectsPage>[0]> = {},
) {
  const standing = shown.standing ?? (await rialto.check({ userId, metric: 'projects' }))
  const lift = standing.allowed ? undefined : liftUrl(standing, origin)
  return projectsPage({ name, requestId: newRequestId(), projects: store.list(userId), ...shown, standing, lift })
}

async function showProject(
  { userId, name = 'you' }: Session,
  project: Project,
  shown: Partial<Parameters<typeof projectPage>[0]> = {},
) {
  const standing = shown.standing ?? (await rialto.check({ userId, metric: 'texts' }))
  const lift = standing.allowed ? undefined : liftUrl(standing, `${origin}/projects/${project.id}`)
  const terms = store.terms(project.id)
  return projectPage({ name, requestId: newRequestId(), ...shown, project, terms, standing, lift })
}

/** Who is signed in and which of their open projects is asked for. */
async function visited(c: Context): Promise<{ session: Session; project: Project } | undefined> {
  const session = await currentSession(c)
  const project = session && store.find({ id: c.req.param('id') ?? '', userId: session.userId })
  return session === undefined || project?.state !== 'open' ? undefined : { session, project }
}

const isId = (text: unknown): text is string =>
  typeof text === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(text)

app.get('/', async (c) => {
  const session = await currentSession(c)
  return c.html(session === undefined ? signedOutPage() : await showProjects(session))
})

app.post('/projects', async (c) => {
  const session = await currentSession(c)
  if (session === undefined) return c.redirect('/')
  const { name: typed, requestId: id } = await c.req.parseBody()
  const name = typeof typed === 'string' ? typed.trim() : ''
  if (name === '' || name.length > nameCharactersMax || !isId(id))
    return c.html(
      await showProjects(session, {
        typedName: name,
        problem: `A project needs a name of 1 to ${nameCharactersMax} letters.`,
      }),
      400,
    )
  const { userId } = session
  // The form's own id becomes the project's: sent twice, it is one project.
  if (!store.begin({ id, userId, name })) {
    const problem = 'This form made a project that is deleted by now. Send it again to keep a new one.'
    return c.html(await showProjects(session, { typedName: name, problem }), 409)
  }
  const standing = await openProject(parts, { id, userId, name, state: 'opening' })
  if (!standing.allowed) return c.html(await showProjects(session, { typedName: name, standing }))
  return c.redirect(`/projects/${id}`)
})

app.get('/projects/:id', async (c) => {
  const found = await visited(c)
  return found === undefined ? c.redirect('/') : c.html(await showProject(found.session, found.project))
})

app.post('/projects/:id/texts', async (c) => {
  const found = await visited(c)
  if (found === undefined) return c.redirect('/')
  const { session, project } = found
  const { text, requestId } = await c.req.parseBody()
  if (typeof text !== 'string' || text.trim() === '' || !isId(requestId))
    return c.html(await showProject(session, project, { problem: 'There is no text to read.' }), 400)
  if (text.length > charactersMax)
    return c.html(await showProject(session, project, { typedText: text, problem: 'The text is too long.' }), 413)
  const terms = termsOf(text)
  const standing = await rialto.consume({ userId: session.userId, metric: 'texts', key: requestId })
  if (!standing.allowed) return c.html(await showProject(session, project, { typedText: text, requestId, standing }))
  store.addText({ textId: requestId, projectId: project.id, terms })
  return c.redirect(`/projects/${project.id}`)
})

app.post('/projects/:id/delete', async (c) => {
  const found = await visited(c)
  if (found !== undefined) await closeProject(parts, found.project)
  return c.redirect('/')
})

/** Rialto starts its samples, so it may not be there yet when they are. */
async function settleWhenPossible(): Promise<void> {
  for (let attempt = 1; attempt <= 10; attempt++) {
    try {
      await settleProjects(parts)
      return
    } catch (error) {
      process.stderr.write(`projects could not be settled yet: ${String(error)}\n`)
      await pause(attempt * 1_000, undefined, { ref: false })
    }
  }
}

listen()
void settleWhenPossible()
