// Makes PostgreSQL's data folder, and says what is wrong with one that can't be used.
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { chown, lstat, mkdir, mkdtemp, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ownerOf, runIn } from './account.ts'
import type { Account } from './account.ts'
import { postgresMajor } from './binaries.ts'
import type { Binaries } from './binaries.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { explain } from './explain.ts'
import type { Layout } from './layout.ts'
import type { Durability } from './settings.ts'

export const superuser = 'postgres'

const run = promisify(execFile)
const initLimitMs = 120_000
const leftoverAgeMs = 600_000

/** False when there is none yet. Throws {@link EmbeddedDatabaseError} when there is one that can't be used. */
export async function clusterExists(layout: Layout, account: Account): Promise<boolean> {
  const names = await readdir(layout.cluster).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    // A closed folder is most often one that somebody else, usually root, started first.
    const { uid } = statSync(layout.dataDir)
    throw explain({ doing: 'read', layout, account, error, ...(uid === ownerOf(account) ? {} : { owner: uid }) })
  })
  if (names.length === 0) return false
  if (!names.includes('PG_VERSION')) {
    throw new EmbeddedDatabaseError({
      sentence: `${layout.cluster} holds something that is not a PostgreSQL data folder.`,
      remedy: `move it away (mv '${layout.cluster}' '${layout.cluster}.other'), or set RIALTO_DATA_DIR to another folder`,
    })
  }
  const owner = ownerOf(account)
  const actual = (await stat(layout.cluster)).uid
  if (owner !== undefined && actual !== owner) throw explain({ doing: 'own', layout, account, owner: actual })

  const version = (await readFile(join(layout.cluster, 'PG_VERSION'), 'utf8')).trim()
  if (version !== String(postgresMajor)) {
    throw new EmbeddedDatabaseError({
      sentence: `${layout.cluster} was made by PostgreSQL ${version}, and this Rialto brings PostgreSQL ${postgresMajor}, which can't open it.`,
      remedy: `start the Rialto version that made it, or set RIALTO_DATA_DIR to a new folder`,
    })
  }
  return true
}

/**
 * Makes the cluster beside its place and moves it there whole, so that a crash leaves no half of one.
 * Of two processes at once the first to finish wins; both return normally.
 */
export async function createCluster({
  layout,
  account,
  binaries,
  password,
  durability,
}: {
  layout: Layout
  account: Account
  binaries: Binaries
  password: string
  durability: Durability
}): Promise<void> {
  await removeLeftovers(layout)
  const draft = await mkdtemp(`${layout.cluster}.new-`)
  try {
    const cluster = join(draft, 'cluster')
    await mkdir(cluster, { mode: 0o700 })
    await writeFile(join(draft, 'password'), `${password}\n`, { mode: 0o600 })
    if (account.kind === 'nobody') {
      for (const path of [draft, cluster, join(draft, 'password')]) await chown(path, account.uid, account.gid)
    }
    const { dataArgument, options } = runIn(cluster, account)
    await run(
      binaries.initdb,
      [
        '-D',
        dataArgument,
        `--username=${superuser}`,
        '--pwfile=../password',
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // PostgreSQL's own C.UTF-8 sorts and folds alike on every machine, whatever its C library.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
        '--no-instructions',
      ].concat(durability === 'throwaway' ? ['--no-sync'] : []),
      { ...options, timeout: initLimitMs },
    )
    await moveIntoPlace(cluster, layout)
  } catch (error) {
    throw explain({ doing: 'initialise', layout, account, error })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function moveIntoPlace(cluster: string, layout: Layout): Promise<void> {
  try {
    await rename(cluster, layout.cluster)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM') {
      if (
        await stat(join(layout.cluster, 'PG_VERSION')).then(
          () => true,
          () => false,
        )
      )
        return
    }
    throw error
  }
  await syncFolder(layout.dataDir)
}

/** Makes the new name itself survive a power cut; Windows can't open folders and does so by itself. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined)
  try {
    await handle?.sync()
  } catch {
    // Some file systems can't sync a folder; the cluster's files are synced all the same.
  } finally {
    await handle?.close()
  }
}

async function removeLeftovers(layout: Layout): Promise<void> {
  for (const name of await readdir(layout.dataDir)) {
    if (!name.startsWith('postgres.new-')) continue
    const path = join(layout.dataDir, name)
    const entry = await lstat(path).catch(() => undefined)
    if (entry !== undefined && Date.now() - entry.mtimeMs > leftoverAgeMs)
      await rm(path, { recursive: true, force: true })
  }
}
