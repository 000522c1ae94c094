import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { failureOf, open, query, serverPid, sharedFolder, startHolder, until } from './support.ts'

const shared = sharedFolder()

test('a server that outlived its killed owner is adopted with its data, and stopped by its adopter', async () => {
  const { dataDir } = shared
  const owner = await startHolder(dataDir)
  const url = owner.said.url ?? ''
  await query(url, 'CREATE TABLE adopted AS SELECT 7 AS n')
  const pid = serverPid(dataDir)
  await owner.kill()
  expect(await query(url, 'SELECT n FROM adopted')).toEqual([{ n: 7 }])

  const adopter = await open(dataDir)
  expect(adopter).toMatchObject({ adopted: true, url })
  expect(serverPid(dataDir)).toBe(pid)
  await adopter.close()
  expect(serverPid(dataDir)).toBeUndefined()
})

test('kill -9 of PostgreSQL under writes loses nothing acknowledged, and its owner brings it back at the same URL', async () => {
  const { dataDir } = shared
  const { url } = await open(dataDir)
  await query(url, 'CREATE TABLE written (n int PRIMARY KEY)')
  const writers = await Promise.all([0, 1, 2, 3].map((lane) => startWriter(url, lane)))
  await until(() => writers.every(({ acknowledged }) => acknowledged.length > 50))

  process.kill(serverPid(dataDir) ?? 0, 'SIGKILL')
  await Promise.all(writers.map(({ ended }) => ended))
  const acknowledged = writers.flatMap((writer) => writer.acknowledged)

  await until(() =>
    query(url, 'SELECT 1').then(
      () => true,
      () => false,
    ),
  )
  const stored = new Set((await query<{ n: number }>(url, 'SELECT n FROM written')).map(({ n }) => n))
  expect(acknowledged.filter((n) => !stored.has(n))).toEqual([])
})

test('after kill -9 of both the process and PostgreSQL the next start recovers by itself', async () => {
  const { dataDir } = shared
  const owner = await startHolder(dataDir)
  await query(owner.said.url ?? '', 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n')
  const pid = serverPid(dataDir) ?? 0
  await owner.kill()
  process.kill(pid, 'SIGKILL')

  const { url, adopted } = await open(dataDir)
  expect(adopted).toBe(false)
  expect(await query(url, 'SELECT count(*)::int FROM kept')).toEqual([{ count: 1000 }])
})

test('after the server was brought back its owner still holds it and still serves the folder', async () => {
  const { dataDir } = shared
  const owner = await open(dataDir)
  await owner.holdServeLock()
  const pid = serverPid(dataDir) ?? 0
  process.kill(pid, 'SIGKILL')
  await until(() => ![pid, undefined].includes(serverPid(dataDir)))

  const serveLock = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted`
  await until(async () => (await query(owner.url, serveLock).catch(() => [])).length === 1)

  const second = await open(dataDir)
  expect(second.adopted).toBe(true)
  expect((await failureOf(second.holdServeLock())).sentence).toContain(`(process ${process.pid})`)
  await second.close()
  expect(await query(owner.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  await owner.close()
  expect(serverPid(dataDir)).toBeUndefined()
})

/** Inserts one row per transaction until the connection dies; a row counts only once its commit was acknowledged. */
async function startWriter(url: string, lane: number) {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  const acknowledged: number[] = []
  const write = async (): Promise<void> => {
    for (let n = lane; n < 1_000_000; n += 4) {
      await client.query('INSERT INTO written VALUES ($1)', [n])
      acknowledged.push(n)
    }
  }
  return { acknowledged, ended: write().catch(() => {}) }
}
