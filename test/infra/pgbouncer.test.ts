import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, fuzz, setUpScene } from '#test/integration/usage/fuzz.ts'
import { addMeteredAgent, addSubscriber, call, drift } from '#test/integration/usage/market.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { freePort } from '#test/support/free-port.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'

// Needs the program `pgbouncer`; a machine without it fails here.

let folder: string
let database: TestDatabase
let bouncer: ChildProcess
let bouncerUrl: URL
let server: TestServer

beforeAll(async () => {
  database = await createTestDatabase({ start: 'empty' })
  folder = await mkdtemp(join(tmpdir(), 'rialto-pgbouncer-'))
  bouncerUrl = await startBouncer(new URL(database.url))
  server = await startTestServer({ databaseUrl: bouncerUrl.href })
})
afterAll(async () => {
  await server.stop()
  bouncer.kill('SIGINT')
  await once(bouncer, 'exit')
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

async function startBouncer(target: URL): Promise<URL> {
  const port = await freePort()
  const users = join(folder, 'users.txt')
  const settings = join(folder, 'pgbouncer.ini')
  await writeFile(users, `"${target.username}" "${target.password}"\n`)
  await writeFile(
    settings,
    [
      '[databases]',
      `* = host=${target.hostname} port=${target.port}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1`,
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      'default_pool_size = 4',
      'max_client_conn = 200',
    ].join('\n'),
  )
  // It refuses to run as root, so as root it becomes somebody who may read its files.
  await Promise.all([chmod(folder, 0o755), chmod(users, 0o644), chmod(settings, 0o644)])
  const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  bouncer = spawn('pgbouncer', [...asNobody, settings], { stdio: 'ignore' })
  await once(bouncer, 'spawn')
  const url = new URL(target)
  url.port = String(port)
  await eventually(async () => {
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    await client.end()
    return true
  })
  return url
}

describe('behind PgBouncer in transaction mode', () => {
  it('migrates an empty database, seeds it and serves', async () => {
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
    const found = await fetch(`${server.origin}/api/v1/agents?q=opnhands`)
    expect(JSON.stringify(await found.json())).toContain('"openhands"')
    expect((await fetch(`${server.origin}/agents/openhands`)).status).toBe(200)
  })

  it('answers many at once over four database connections', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        fetch(`${server.origin}/api/v1/agents?q=agent&limit=${(number % 50) + 1}`),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it('runs jobs: a mail of a new account arrives in the outbox', async () => {
    const form = new URLSearchParams({ name: 'Ada', email: 'ada@example.com', password: 'seven blue gondolas' })
    await fetch(`${server.origin}/sign-up`, {
      method: 'POST',
      headers: { origin: server.origin },
      body: form,
      redirect: 'manual',
    })
    await eventually(async () => (await server.deps.mailPreview?.list())?.some(({ to }) => to === 'ada@example.com'))
  })

  it('meters as consistently as without it, while entitlements change and months pass', async () => {
    const { db } = server.deps
    await db.execute(sql`UPDATE installation SET environment = 'sandbox'`)
    const options = { seed: 13, engines: 3, workers: 60, stepsPerWorker: 40, people: 12, meddles: true }
    const scene = await setUpScene(db, options)
    const result = await fuzz({ url: bouncerUrl.href, db }, scene, options)
    expect(result).toMatchObject({ errors: [], contradictions: [], calls: 60 * 40 })
    expect(Math.min(result.allowed, result.denied, result.replayed, result.conflicts)).toBeGreaterThan(20)
    expect(await audit(db)).toEqual([])
  })

  it('meters over HTTP, alone and in batches, and asks', async () => {
    const agent = await addMeteredAgent(server, { messages: { quota: 150 } })
    const { userId } = await addSubscriber(server, agent)
    const event = () => ({ clientReqId: crypto.randomUUID(), userId, metric: 'messages' })
    const { token } = agent
    const alone = await Promise.all(
      Array.from({ length: 100 }, () => call(server, { token, path: '/usage', body: event() })),
    )
    const events = Array.from({ length: 100 }, event)
    const batch = await call(server, { token, path: '/usage/batch', body: { events } })
    const allowed = [...alone.map(({ body }) => body), ...(batch.body['results'] as (typeof alone)[0]['body'][])]
    expect(allowed.filter((answer) => answer['allowed'] === true)).toHaveLength(150)
    const asked = await call(server, { token, path: '/usage/check', body: { userId, metric: 'messages' } })
    expect(asked.body).toMatchObject({ allowed: false, reason: 'quota_exceeded', used: 150, remaining: 0 })
    expect(await drift(server)).toEqual([])
  })
})
