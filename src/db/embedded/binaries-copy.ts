// For root: `nobody` must be able to run PostgreSQL's programs, which it can't where the checkout is closed to others.
// Then a copy that only root can change is kept where everyone can read it.
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { chmod, copyFile, lstat, mkdir, readdir, readlink, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { geteuid } from 'node:process'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { EmbeddedDatabaseError } from './errors.ts'

type Unprivileged = Extract<Account, { kind: 'nobody' }>

const run = promisify(execFile)

/** The folder that holds bin, lib and share as `account` can use them: the installed one where it can, else a copy. */
export async function reachableCopy({
  native,
  account,
  places = ['/var/cache', '/var/tmp', tmpdir()],
}: {
  native: string
  account: Unprivileged
  places?: readonly string[]
}): Promise<string> {
  if (await isReachable(native)) return native
  const name = `rialto-postgresql-${await fingerprint(native)}`
  const failures: string[] = []
  for (const place of places) {
    try {
      return await copyIn({ native, target: join(place, name), account })
    } catch (error) {
      failures.push(`${place}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    }
  }
  throw new EmbeddedDatabaseError({
    sentence: `Running as root, Rialto starts PostgreSQL as an unprivileged user, which can't read ${native}, and no copy could be made (${failures.join('; ')}).`,
    remedy: 'run Rialto as a normal user, or from a folder that every user can read',
  })
}

async function copyIn({ native, target, account }: { native: string; target: string; account: Unprivileged }) {
  if (await isTrusted(target)) {
    await proveItRuns(target, account)
    return target
  }
  const draft = `${target}.${randomUUID()}`
  try {
    await copyTree(native, draft)
    await proveItRuns(draft, account)
    // Renaming onto a folder somebody else finished first fails, and theirs is as good once it is trusted.
    await rename(draft, target).catch(async (error: unknown) => {
      if (!(await isTrusted(target))) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return target
}

/** True for a folder of our own that nobody else can change. A name in a shared folder may be taken by a stranger. */
async function isTrusted(folder: string): Promise<boolean> {
  for (const path of [folder, join(folder, 'bin'), join(folder, 'bin', 'postgres'), join(folder, 'lib')]) {
    const entry = await lstat(path).catch(() => undefined)
    if (entry === undefined || entry.isSymbolicLink() || entry.uid !== geteuid?.() || (entry.mode & 0o022) !== 0)
      return false
  }
  return true
}

/** Finds out about folders mounted noexec, missing libraries and ids that can't be taken on. */
const proveItRuns = (folder: string, account: Unprivileged) =>
  run(join(folder, 'bin', 'postgres'), ['--version'], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    timeout: 10_000,
  })

/** Judged by the mode bits for others, on three files that stand for their folders. */
async function isReachable(native: string): Promise<boolean> {
  const real = await realpath(native)
  for (const file of ['bin/postgres', 'lib/postgresql/pg_trgm.so', 'share/postgresql/postgres.bki']) {
    let path = join(real, file)
    if (!(await allows(path, 0o004))) return false
    while (path !== dirname(path)) {
      path = dirname(path)
      if (!(await allows(path, 0o001))) return false
    }
  }
  return true
}

const allows = async (path: string, bits: number) => ((await stat(path)).mode & bits) === bits

/** Changes with every release of the package, so that a copy is never older than what is installed. */
async function fingerprint(native: string): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of ['bin', 'lib', 'lib/postgresql']) {
    for (const name of (await readdir(join(native, folder))).toSorted()) {
      const { size, mtimeMs } = await lstat(join(native, folder, name))
      hash.update(`${folder}/${name} ${size} ${folder === 'bin' ? mtimeMs : ''}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to)
  await chmod(to, 0o755)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) await copyTree(source, target)
    else if (entry.isSymbolicLink()) await symlink(basename(await readlink(source)), target)
    else if (!entry.name.endsWith('.a')) {
      await copyFile(source, target)
      await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644)
    }
  }
}
