// The oldest PostgreSQL that we promise to work with. Needs its programs; a machine without them fails here.
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, fuzz, quotas, setUpScene } from '#test/integration/usage/fuzz.ts'
import { freePort } from '#test/support/free-port.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'

const run = promisify(execFile)
const major = 15
/** Where Debian puts each version, then wherever programs are. */
const places = [`/usr/lib/postgresql/${major}/bin`, ...(process.env['PATH'] ?? '').split(delimiter)]
/** PostgreSQL refuses to run as root, so as root it becomes nobody. */
const nobody = 65_534
const account = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}

let folder: string
let postgres: ChildProcess
let url: string
let server: TestServer

beforeAll(async () => {
  const programs = await findPrograms()
  folder = await mkdtemp(join(tmpdir(), 'rialto-postgresql-'))
  await chmod(folder, 0o755)
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const options = { ...account, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC' } }
  await run(join(programs, 'initdb'), ['-D', data, '--username=postgres', '--auth=trust', '--encoding=UTF8'], options)
  const port = await freePort()
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 100 }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  postgres = spawn(join(programs, 'postgres'), ['-D', data, ...flags], { ...options, stdio: 'ignore' })
  url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  await eventually(() => onDatabase('SELECT 1'))
  server = await startTestServer({ databaseUrl: url })
})
afterAll(async () => {
  await server.stop()
  postgres.kill('SIGINT')
  await once(postgres, 'exit')
  await rm(folder, { recursive: true, force: true })
})

async function findPrograms(): Promise<string> {
  for (const place of places) {
    const program = join(place, 'postgres')
    if (!existsSync(program) || !existsSync(join(place, 'initdb'))) continue
    const { stdout } = await run(program, ['--version'])
    if (stdout.includes(` ${major}.`)) return place
  }
  throw new Error(`PostgreSQL ${major} is not installed: neither in ${places[0]} nor in PATH`)
}

async function onDatabase(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

describe(`on PostgreSQL ${major}`, () => {
  it('migrates an empty database, seeds it and serves', async () => {
    expect(await onDatabase('SHOW server_version')).toEqual([{ server_version: expect.stringMatching(/^15\./) }])
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
    const found = await fetch(`${server.origin}/api/v1/agents?q=opnhands`)
    expect(JSON.stringify(await found.json())).toContain('"openhands"')
  })

  it('meters consistently while entitlements change and months pass', async () => {
    const { db } = server.deps
    await db.execute(sql`UPDATE installation SET environment = 'sandbox'`)
    const options = { seed: 15, engines: 3, workers: 60, stepsPerWorker: 40, people: 12, meddles: true }
    const scene = await setUpScene(db, options)
    const result = await fuzz({ url, db }, scene, options)
    expect(result).toMatchObject({ errors: [], contradictions: [], calls: 60 * 40 })
    expect(Math.min(result.allowed, result.denied, result.replayed, result.conflicts)).toBeGreaterThan(20)
    expect(await audit(db)).toEqual([])
  })

  it('fills a quota exactly', async () => {
    const { db } = server.deps
    const options = { seed: 16, engines: 3, workers: 80, stepsPerWorker: 50, people: 4, meddles: false }
    const scene = await setUpScene(db, options)
    expect(await fuzz({ url, db }, scene, options)).toMatchObject({ errors: [], contradictions: [] })
    // Holds of one second lapse; what they gave back is used up one by one.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const filler = { ...options, seed: 17, workers: 4, stepsPerWorker: 400 }
    expect(await fuzz({ url, db }, scene, filler)).toMatchObject({ errors: [], contradictions: [] })
    const { rows } = await db.execute(sql`
      SELECT max(counter.used)::int AS most FROM subscription_usage AS counter
      WHERE counter.metric_id = ${scene.metricIds['hot']}`)
    expect(rows).toEqual([{ most: quotas.hot }])
    expect(await audit(db)).toEqual([])
  })
})
