// Data folders that are out of the ordinary or can't be used.
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { failureOf, isRoot, open, query, serverPid, sharedFolder, temporaryFolder } from './support.ts'

const shared = sharedFolder()

// Beside what a start leaves that was killed while it made the cluster.
test('works in a folder closed to others, whose path has a space and letters beyond ASCII', async () => {
  const folder = temporaryFolder("rialto embedded é 数 ' ")
  chmodSync(folder, 0o700)
  const dataDir = join(folder, 'my data')
  mkdirSync(join(dataDir, 'postgres.new-killed', 'cluster', 'base'), { recursive: true })
  writeFileSync(join(dataDir, 'postgres.password'), 'left-by-the-first-one\n')
  const first = await open(dataDir)
  await query(first.url, 'CREATE EXTENSION pg_trgm')
  await query(first.url, 'CREATE TABLE kept AS SELECT g AS n, md5(g::text) AS text FROM generate_series(1, 50000) g')
  // Sorting in 64 kB writes temporary files; the parallel plan starts worker processes.
  await query(
    first.url,
    `BEGIN; SET LOCAL work_mem = '64kB'; SET LOCAL debug_parallel_query = on;
     CREATE TABLE sorted AS SELECT * FROM kept ORDER BY text; SELECT count(*) FROM kept; COMMIT`,
  )
  process.kill(serverPid(dataDir) ?? 0, 'SIGKILL')
  await first.close()

  const second = await open(dataDir)
  expect(await query(second.url, 'SELECT count(*)::int FROM sorted')).toEqual([{ count: 50_000 }])
})

test.each([
  { situation: 'the number of another live program', first: String(process.pid) },
  { situation: 'the number of a process that is gone', first: '2147483645' },
])('a pid file with $situation does not keep it from starting', async ({ first }) => {
  const { dataDir } = shared
  const file = join(dataDir, 'postgres', 'postmaster.pid')
  const earlier = await open(dataDir)
  const content = readFileSync(file, 'utf8').replace(/^\d+/, first)
  await earlier.close()
  writeAsServer(file, content)

  const later = await open(dataDir)
  expect(later.adopted).toBe(false)
  expect(serverPid(dataDir)).not.toBe(Number(first))
})

test.each(['', 'garbage\n'])('an unreadable pid file (%j) does not keep it from starting', async (content) => {
  const { dataDir } = shared
  await (await open(dataDir)).close()
  writeAsServer(join(dataDir, 'postgres', 'postmaster.pid'), content)
  const { url } = await open(dataDir)
  expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
})

test('a lost password file is replaced by a new password, and the data stays', async () => {
  const { dataDir } = shared
  const first = await open(dataDir)
  await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n')
  await first.close()
  rmSync(join(dataDir, 'postgres.password'))

  const second = await open(dataDir)
  expect(new URL(second.url).password).not.toBe(new URL(first.url).password)
  expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
})

test('a wrong password says which file is wrong and how to get a new one', async () => {
  const { dataDir } = shared
  const file = join(dataDir, 'postgres.password')
  await (await open(dataDir)).close()
  writeFileSync(file, 'wrong\n')
  const { sentence, remedy } = await failureOf(open(dataDir))
  expect(sentence).toContain(`does not accept the password in ${file}`)
  expect(remedy).toContain(`rm '${file}'`)

  // The remedy works.
  process.kill(serverPid(dataDir) ?? 0, 'SIGINT')
  rmSync(file)
  const { url } = await open(dataDir)
  expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
})

test('a taken port is left to its owner', async () => {
  const { dataDir } = shared
  const { port } = new URL(inject('databaseServerUrl'))
  await (await open(dataDir)).close()
  writeFileSync(join(dataDir, 'postgres.port'), `${port}\n`)
  const { url } = await open(dataDir)
  expect(new URL(url).port).not.toBe(port)
})

test('a cluster of another PostgreSQL version is named and left alone', async () => {
  const dataDir = temporaryFolder()
  mkdirSync(join(dataDir, 'postgres'))
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '15\n')
  giveToServer(join(dataDir, 'postgres'))
  const { sentence, remedy } = await failureOf(open(dataDir))
  expect(sentence).toBe(
    `${dataDir}/postgres was made by PostgreSQL 15, and this Rialto brings PostgreSQL 18, which can't open it.`,
  )
  expect(remedy).toContain('RIALTO_DATA_DIR')
})

test('a folder with other things in it is not taken for a cluster', async () => {
  const dataDir = temporaryFolder()
  const letter = join(dataDir, 'postgres', 'letter.txt')
  mkdirSync(join(dataDir, 'postgres'))
  writeFileSync(letter, 'dear')
  const { sentence } = await failureOf(open(dataDir))
  expect(sentence).toContain('is not a PostgreSQL data folder')
  expect(existsSync(letter)).toBe(true)
})

test('a data folder that is a file is said to be one', async () => {
  const dataDir = join(temporaryFolder(), 'file')
  writeFileSync(dataDir, '')
  const { sentence, remedy } = await failureOf(open(dataDir))
  expect(sentence).toBe(`${dataDir} is not a folder.`)
  expect(remedy).toBe('set RIALTO_DATA_DIR to a folder')
})

// Root may write everywhere, but meets folders that another user made; anybody else meets folders that are closed.
test('a folder that belongs to someone else is said to, with the command that hands it over', async () => {
  const dataDir = join(temporaryFolder(), 'data')
  mkdirSync(dataDir, { mode: isRoot ? 0o700 : 0o500 })
  if (isRoot) {
    mkdirSync(join(dataDir, 'postgres'))
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n')
    chownSync(join(dataDir, 'postgres'), 12_345, 12_345)
  }
  const { sentence, remedy } = await failureOf(open(dataDir))
  expect(sentence).toMatch(isRoot ? /belongs to user 12345/ : /may not write/)
  expect(remedy).toContain('chown -R')
})

test('a damaged cluster is said to be damaged', async () => {
  const { dataDir } = shared
  const control = join(dataDir, 'postgres', 'global', 'pg_control')
  await (await open(dataDir)).close()
  renameSync(control, `${control}.away`)
  const { sentence, remedy } = await failureOf(open(dataDir))
  expect(sentence).toContain('is damaged (')
  expect(remedy).toContain('backup')

  renameSync(`${control}.away`, control)
  await open(dataDir)
})

function writeAsServer(path: string, content: string): void {
  writeFileSync(path, content)
  giveToServer(path)
}

/** PostgreSQL does not run as root, so what root writes into its folder has to be given to whom it runs as. */
function giveToServer(path: string): void {
  if (isRoot) chownSync(path, 65_534, 65_534)
}
