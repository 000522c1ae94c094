import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import type { EmbeddedDatabase } from '#src/db/embedded/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'

let dataDir: string
let database: EmbeddedDatabase
let server: TestServer

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rialto-outage-'))
  database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
  server = await startTestServer({ databaseUrl: database.url })
})
afterAll(async () => {
  await server.stop()
  await database.close()
  await rm(dataDir, { recursive: true, force: true })
})

describe('while the database is away', () => {
  it('answers 503 with Retry-After, pages by one that reloads itself, and is well again by itself', async () => {
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
    const { url } = database
    await database.close()

    const api = await fetch(`${server.origin}/api/v1/tags`)
    expect(api.status).toBe(503)
    expect(Number(api.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await api.json()).toMatchObject({ code: 'unavailable', status: 503 })

    const token = await fetch(`${server.origin}/api/auth/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' }),
    })
    expect(token.status).toBe(503)
    expect(Number(token.headers.get('retry-after'))).toBeGreaterThan(0)

    const page = await fetch(`${server.origin}/agents?q=editor`)
    expect(page.status).toBe(503)
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await page.text()).toContain('http-equiv="refresh"')

    expect((await fetch(`${server.origin}/readyz`)).status).toBe(503)
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)

    database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
    expect(database.url).toBe(url)
    await eventually(async () => (await fetch(`${server.origin}/readyz`)).status === 200)
    expect((await fetch(`${server.origin}/agents?q=editor`)).status).toBe(200)
  })

  it('a killed embedded server is brought back by the process that holds it', async () => {
    const pid = Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(pid, 'SIGKILL')
    await eventually(async () => (await fetch(`${server.origin}/api/v1/tags`)).status === 200 && isAnother(pid))
  })
})

async function isAnother(pid: number): Promise<boolean> {
  const first = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]
  return Number(first) !== pid
}
