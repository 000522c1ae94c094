import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { reachableCopy } from './binaries-copy.ts'
import { findBinaries } from './binaries.ts'

// macOS gives each user a closed temporary folder; this one is everybody's.
const sharedTemporary = existsSync('/tmp') ? '/tmp' : tmpdir()

const isRoot = process.geteuid?.() === 0
// Only root can become someone else; for anybody else the copy is made for, and proven by, the user of this test.
const account = isRoot
  ? { kind: 'nobody' as const, uid: 65_534, gid: 65_534 }
  : { kind: 'nobody' as const, uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }

test('a machine without a packaged PostgreSQL is told to bring its own', async () => {
  await expect(findBinaries({ kind: 'own' }, 'sunos-sparc')).rejects.toMatchObject({
    sentence: 'Rialto brings no PostgreSQL for sunos-sparc.',
    remedy: expect.stringContaining('DATABASE_URL'),
  })
})

test('programs that others can reach are used where they are', async () => {
  const { native, cache } = folders({ closed: false })
  expect(await reachableCopy({ native, account, places: [cache] })).toBe(native)
})

test('programs in a closed folder are copied once to where others can read them and only their owner can change them', async () => {
  const { native, cache } = folders({ closed: true })
  const copy = await reachableCopy({ native, account, places: [cache] })
  expect(copy.startsWith(cache)).toBe(true)
  expect(readFileSync(join(copy, 'lib', 'libpq.so.5'), 'utf8')).toBe('library')
  expect(statSync(join(copy, 'bin', 'postgres')).mode & 0o777).toBe(0o755)
  expect(statSync(join(copy, 'share', 'postgresql', 'postgres.bki')).mode & 0o777).toBe(0o644)

  const made = statSync(copy).ino
  expect(statSync(await reachableCopy({ native, account, places: [cache] })).ino).toBe(made)
})

test('a copy that others could have changed is not trusted, and the next place is taken', async () => {
  const { native, cache, other } = folders({ closed: true })
  const planted = await reachableCopy({ native, account, places: [cache] })
  chmodSync(planted, 0o777)
  const copy = await reachableCopy({ native, account, places: [cache, other] })
  expect(copy.startsWith(other)).toBe(true)
})

test('programs that can not run where they were copied to are not used from there', async () => {
  const { native, cache } = folders({ closed: true, program: '#!/no/such/interpreter\n' })
  await expect(reachableCopy({ native, account, places: [cache] })).rejects.toMatchObject({
    remedy: expect.stringContaining('run Rialto as a normal user'),
  })
})

/** A small stand-in for the installed package: its `postgres` is a script that answers nothing and succeeds. */
function folders({ closed, program = '#!/bin/sh\n' }: { closed: boolean; program?: string }) {
  const root = mkdtempSync(join(sharedTemporary, 'rialto-binaries-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  chmodSync(root, 0o755)
  const [home, cache, other] = ['home', 'cache', 'other'].map((name) => join(root, name)) as [string, string, string]
  for (const folder of [home, cache, other]) mkdirSync(folder)
  const native = join(home, 'native')
  const write = (path: string, content: string, mode: number) => {
    mkdirSync(join(native, path, '..'), { recursive: true })
    writeFileSync(join(native, path), content)
    chmodSync(join(native, path), mode)
  }
  write('bin/postgres', program, 0o755)
  write('lib/libpq.so.5.18', 'library', 0o644)
  write('lib/postgresql/pg_trgm.so', 'extension', 0o644)
  write('share/postgresql/postgres.bki', 'catalog', 0o644)
  symlinkSync('libpq.so.5.18', join(native, 'lib', 'libpq.so.5'))
  if (closed) chmodSync(home, 0o700)
  return { native, cache, other }
}
