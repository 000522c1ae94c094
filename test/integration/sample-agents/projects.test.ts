import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Rialto } from '@rialto/sdk'
import { startSampleAgents } from '#src/features/sample-agents/index.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { backendOf } from '#test/integration/sdk/backend.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { closeProject, openProject, settleProjects } from '../../../examples/termbase/src/projects.ts'
import { openStore } from '../../../examples/termbase/src/store.ts'
import type { Project, Store } from '../../../examples/termbase/src/store.ts'

// Termbase counts projects with a gauge. It may die between its own file and Rialto, at any place: afterwards both say the same.

let server: TestServer
let rialto: Rialto
let directory: string
let store: Store

beforeAll(async () => {
  server = await startTestServer()
  const samples = await startSampleAgents(server.deps)
  await samples.stop()
  const credentials = await readFile(join(server.deps.config.dataDir, 'samples', 'termbase.json'), 'utf8')
  rialto = backendOf(server, JSON.parse(credentials))
  directory = await mkdtemp(join(tmpdir(), 'rialto-test-'))
  store = openStore(directory)
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

async function subscriber(): Promise<string> {
  const { pool } = server.deps
  const userId = randomUUID()
  await pool.query(`INSERT INTO "user" (id, name, email) VALUES ($1, 'Pia', $2)`, [userId, `${userId}@example.com`])
  const { rows } = await pool.query<{ id: string }>(
    `SELECT tier.id FROM agent_pricing_tiers AS tier JOIN agents AS agent ON agent.id = agent_id WHERE slug = 'termbase' AND is_free`,
  )
  await subscribeToFreeTier(server.deps, { userId, agentSlug: 'termbase', tierId: rows[0]?.id ?? '' })
  return userId
}

const begun = (userId: string): Project => {
  const project = { id: randomUUID(), userId, name: 'Bridges' }
  store.begin(project)
  return { ...project, state: 'opening' }
}

const level = async (userId: string) => (await rialto.check({ userId, metric: 'projects' })).used

test('two fit, a third is refused and leaves nothing, and fits once one is deleted', async () => {
  const userId = await subscriber()
  const parts = { rialto, store }
  const [first] = [begun(userId), begun(userId)]
  if (first === undefined) throw new Error('unreachable')
  for (const project of store.unsettled()) expect((await openProject(parts, project)).allowed).toBe(true)
  const third = begun(userId)
  expect(await openProject(parts, third)).toMatchObject({ allowed: false, reason: 'quota_exceeded', limit: 2 })
  expect(store.find(third)).toBeUndefined()
  expect(store.list(userId)).toHaveLength(2)

  await closeProject(parts, first)
  expect(await level(userId)).toBe(1)
  expect((await openProject(parts, begun(userId))).allowed).toBe(true)
  expect(await level(userId)).toBe(2)
})

test('a form that is sent again keeps no project, and adds no text, for nothing', async () => {
  const userId = await subscriber()
  const parts = { rialto, store }
  const project = begun(userId)
  await openProject(parts, project)
  const text = { textId: randomUUID(), terms: [{ term: 'arch', count: 1, example: 'An arch.' }] }
  store.addText({ ...text, projectId: project.id })
  expect(store.terms(project.id)).toHaveLength(1)
  await closeProject(parts, project)
  expect(store.terms(project.id)).toEqual([])

  expect(store.begin(project)).toBe(false)
  await openProject(parts, project)
  expect([await level(userId), store.list(userId).length]).toEqual([0, 0])
  const next = begun(userId)
  await openProject(parts, next)
  store.addText({ ...text, projectId: next.id })
  expect(store.terms(next.id)).toEqual([])
})

test('whatever it died between, settling makes its file and the gauge agree, once', async () => {
  const userId = await subscriber()
  const parts = { rialto, store }
  // Dead before Rialto was asked; after it was, before it was noted.
  begun(userId)
  const told = begun(userId)
  await rialto.consume({ userId, metric: 'projects', delta: 1, key: `open:${told.id}` })
  await settleProjects(parts)
  await settleProjects(parts)
  expect([await level(userId), store.list(userId).length]).toEqual([2, 2])

  const [one, other] = store.list(userId)
  if (one === undefined || other === undefined) throw new Error('unreachable')
  store.beginToClose(one.id)
  store.beginToClose(other.id)
  await rialto.consume({ userId, metric: 'projects', delta: -1, key: `close:${other.id}` })
  await settleProjects(parts)
  await settleProjects(parts)
  expect([await level(userId), store.list(userId).length]).toEqual([0, 0])
})

test('a text that is sent twice adds its terms once; a deleted project takes them with it', async () => {
  const userId = await subscriber()
  const project = begun(userId)
  await openProject({ rialto, store }, project)
  const text = { textId: randomUUID(), projectId: project.id, terms: [{ term: 'arch', count: 2, example: 'An arch.' }] }
  store.addText(text)
  store.addText(text)
  store.addText({ ...text, textId: randomUUID() })
  expect(store.terms(project.id)).toEqual([{ term: 'arch', count: 4, example: 'An arch.' }])
  await closeProject({ rialto, store }, project)
  expect(store.terms(project.id)).toEqual([])
})
