import { readdirSync, statSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answersAt, failureOf, open, query, serverPid, sharedFolder, startHolder, temporaryFolder } from './support.ts'

const shared = sharedFolder()

test('the first start makes a durable UTF-8 database that only this machine and this user reach', async () => {
  const { dataDir } = shared
  const { url, adopted } = await open(dataDir)
  expect(adopted).toBe(false)

  const settings = await query<{ name: string; setting: string }>(
    url,
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes',
       'data_checksums', 'listen_addresses', 'server_encoding', 'password_encryption')`,
  )
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_checksums: 'on',
    listen_addresses: '127.0.0.1',
    server_encoding: 'UTF8',
    password_encryption: 'scram-sha-256',
  })
  const [database] = await query<object>(
    url,
    `SELECT datlocprovider AS provider, datlocale AS locale, current_user AS role, usesuper AS superuser
       FROM pg_database, pg_user WHERE datname = current_database() AND usename = current_user`,
  )
  expect(database).toEqual({ provider: 'b', locale: 'C.UTF-8', role: 'rialto', superuser: false })

  const others = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address))
  for (const address of others.filter((address) => address !== '127.0.0.1')) {
    expect({ address, answers: await answersAt(url, address) }).toEqual({ address, answers: false })
  }
  const wrong = new URL(url)
  wrong.password = 'guess'
  await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })

  await query(url, 'CREATE EXTENSION pg_trgm')
  await query(url, 'CREATE EXTENSION unaccent')

  const modeOf = (name: string) => (statSync(join(dataDir, name)).mode & 0o777).toString(8)
  expect(modeOf('.')).toBe('700')
  expect(modeOf('postgres')).toBe('700')
  expect(modeOf('postgres.password')).toBe('600')
  expect(readdirSync(dataDir).filter((name) => name.includes('.new-'))).toEqual([])
})

test('a second start finds the data under the same URL', async () => {
  const { dataDir } = shared
  const first = await open(dataDir)
  await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n')
  await first.close()
  expect(serverPid(dataDir)).toBeUndefined()

  const second = await open(dataDir)
  expect(second.url).toBe(first.url)
  expect(second.adopted).toBe(false)
  expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
})

test('the last one out stops the server, even when two leave at once', async () => {
  const { dataDir } = shared
  const [first, second, third] = [await open(dataDir), await open(dataDir), await open(dataDir)]
  expect([first.adopted, second.adopted, third.adopted]).toEqual([false, true, true])

  await first.close()
  expect(await query(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  await Promise.all([second.close(), third.close()])
  expect(serverPid(dataDir)).toBeUndefined()
  await expect(query(second.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('one who comes while the server is being stopped gets it started again', async () => {
  const { dataDir } = shared
  let current = await open(dataDir)
  for (let round = 0; round < 5; round += 1) {
    const [next] = await Promise.all([open(dataDir), current.close()])
    expect(await query(next.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    current = next
  }
})

test('a server left running for psql is taken over and stopped by the next who closes it', async () => {
  const { dataDir } = shared
  const first = await open(dataDir)
  await first.leaveRunning()
  expect(await query(first.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])

  const second = await open(dataDir)
  expect(second.adopted).toBe(true)
  await second.close()
  expect(serverPid(dataDir)).toBeUndefined()
})

test('two processes that make the same data folder at once end up with one server', async () => {
  const dataDir = temporaryFolder()
  const holders = await Promise.all([startHolder(dataDir), startHolder(dataDir)])
  const [one, two] = holders.map(({ said }) => said)
  expect(one?.url).toMatch(/^postgresql:/)
  expect(two?.url).toBe(one?.url)
  expect(holders.filter(({ said }) => said.adopted === false)).toHaveLength(1)
  expect(readdirSync(dataDir).filter((name) => name.includes('.new-'))).toEqual([])

  await Promise.all(holders.map((holder) => holder.close()))
  expect(serverPid(dataDir)).toBeUndefined()
})

test('of two that serve one data folder the second says who the first is, until the first is killed', async () => {
  const { dataDir } = shared
  const server = await startHolder(dataDir, 'http://localhost:3000')
  const second = await open(dataDir)
  const { sentence, remedy } = await failureOf(second.holdServeLock())
  expect(sentence).toBe(`Rialto already serves this data folder at http://localhost:3000 (process ${server.pid}).`)
  expect(remedy).toBe('stop it, or set RIALTO_DATA_DIR to another folder')

  await server.kill()
  await second.holdServeLock()
})
