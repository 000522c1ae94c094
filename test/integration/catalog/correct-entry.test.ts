// Facts of an entry that nobody has claimed, corrected by an operator on their page.
import { desc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agents, auditLogs } from '#src/db/schema/index.ts'
import { readCatalogueSeed } from '#src/db/seed/index.ts'
import { seedCatalogue } from '#src/features/catalog/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let operator: Session
let buyer: Session

beforeAll(async () => {
  server = await startTestServer()
  const seed = await readCatalogueSeed()
  await seedCatalogue(server.deps.db, { ...seed, entries: seed.entries.filter(({ slug }) => slug === 'aider') })
  ;[operator, buyer] = [await signedIn(server, { role: 'admin' }), await signedIn(server)]
})
afterAll(() => server.stop())

const correct = {
  tagline: 'Pairs with you in the terminal',
  publisherName: 'Aider-AI',
  homepageUrl: 'https://aider.example/',
  repositoryUrl: 'https://github.com/Aider-AI/aider',
  documentationUrl: '',
  license: 'Apache-2.0',
  licenseNote: '',
  runsAs: 'command line, web app,',
  languages: 'Python',
  sourceUrl: 'https://aider.example/about',
  sourceTitle: 'About the project',
  checkedAt: '2026-01-02',
}

async function page(by: Session, { path = '/operator/entries/aider', form }: { path?: string; form?: object } = {}) {
  const response = await fetch(server.origin + path, {
    redirect: 'manual',
    headers: { cookie: by.cookie, ...(form && { origin: server.origin }) },
    ...(form && { method: 'POST', body: new URLSearchParams({ ...form }) }),
  })
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, html, location: response.headers.get('location') }
}
const entryNow = async () => (await server.deps.db.select().from(agents).where(eq(agents.slug, 'aider')))[0]

test('only operators see and change them, and they are led there from the entry', async () => {
  expect((await page(buyer)).status).toBe(403)
  expect((await page(buyer, { form: correct })).status).toBe(403)
  expect((await page(operator, { path: '/operator/entries/nothing' })).status).toBe(404)
  expect((await page(operator)).html).toContain('value="https://aider.chat/"')
  expect((await page(operator, { path: '/agents/aider' })).html).toContain('href="/operator/entries/aider"')
  expect((await page(buyer, { path: '/agents/aider' })).html).not.toContain('/operator/')
})

test('what is wrong is said beside its field, and nothing is changed', async () => {
  const before = await entryNow()
  const wrong = { homepageUrl: 'aider.example', sourceUrl: '', sourceTitle: '', checkedAt: '2999-01-01', tagline: '' }
  const { status, html } = await page(operator, { form: { ...correct, ...wrong } })
  expect(status).toBe(400)
  for (const words of [
    'Homepage must be a web address',
    'Address of the source must be a web address',
    'Name of the source must not be empty',
    'Day you looked must not be in the future',
    'In one line must not be empty',
  ]) {
    expect(html).toContain(words)
  }
  expect(html).toContain('value="aider.example"')
  expect(await entryNow()).toEqual(before)
})

test('a correction shows with its source, is found by its words, can be claimed at its host, and is audited', async () => {
  expect(await page(operator, { form: correct })).toMatchObject({
    status: 303,
    location: '/operator/entries/aider?notice=saved',
  })
  const entry = await entryNow()
  expect(entry).toMatchObject({
    homepageUrl: 'https://aider.example/',
    documentationUrl: null,
    runsAs: ['command line', 'web app'],
  })
  expect(entry?.sources.at(-1)).toEqual({
    url: 'https://aider.example/about',
    title: 'About the project',
    checkedAt: '2026-01-02',
  })
  const found = await fetch(`${server.origin}/api/v1/agents?q=pairs`).then(
    (answer) => answer.json() as Promise<{ items: { slug: string }[] }>,
  )
  expect(found.items.map(({ slug }) => slug)).toEqual(['aider'])
  const [trail] = await server.deps.db.select().from(auditLogs).orderBy(desc(auditLogs.timestamp)).limit(1)
  expect(trail).toMatchObject({ action: 'agent.correct', userId: operator.userId, resourceId: entry?.id })
  expect(trail?.metadata).toMatchObject({
    source: { url: 'https://aider.example/about', checkedAt: '2026-01-02' },
    changed: { homepageUrl: { before: 'https://aider.chat/', after: 'https://aider.example/' } },
  })
  expect(JSON.stringify(trail?.metadata)).not.toContain('license')
})

test('the directory’s next version keeps what was corrected, and updates the rest', async () => {
  const seed = await readCatalogueSeed()
  const entries = seed.entries
    .filter(({ slug }) => slug === 'aider')
    .map((entry) => ({ ...entry, homepageUrl: 'https://newer.example/', name: 'Aider 2' }))
  expect(await seedCatalogue(server.deps.db, { ...seed, entries })).toMatchObject({ kept: ['aider.homepageUrl'] })
  expect(await entryNow()).toMatchObject({ homepageUrl: 'https://aider.example/', name: 'Aider 2' })
})

test('what has a publisher is theirs to correct', async () => {
  await server.deps.db.update(agents).set({ listing: 'agent', claimedAt: new Date() }).where(eq(agents.slug, 'aider'))
  expect(await page(operator)).toMatchObject({ status: 303, location: '/agents/aider' })
  await page(operator, { form: { ...correct, license: 'MIT' } })
  expect((await entryNow())?.license).toBe('Apache-2.0')
})
