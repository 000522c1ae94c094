// The embedded database: a real PostgreSQL in the data folder, shared by every Rialto process on this machine that uses it.
import { mkdir } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { applicationDatabase, applicationRole, ensureApplicationDatabase } from './application-database.ts'
import { clusterExists, createCluster } from './cluster.ts'
import { createContext } from './context.ts'
import type { Context, EmbeddedOptions } from './context.ts'
import { explain } from './explain.ts'
import { holdServer } from './hold.ts'
import type { HeldServer } from './hold.ts'
import { applicationPassword, createPassword, findPassword } from './password.ts'
import { resetPassword } from './reset-password.ts'
import type { ServeLock } from './serve-lock.ts'

export { EmbeddedDatabaseError } from './errors.ts'
export type { EmbeddedOptions } from './context.ts'
export type { ServeLock } from './serve-lock.ts'

export interface EmbeddedDatabase {
  /** Of the application's own database and role, with its password. */
  readonly url: string
  /** True when the server was running already: for another process, or left over from a crash. */
  readonly adopted: boolean
  /** Milliseconds from the call until the server was ready. */
  readonly startedInMs: number
  /**
   * Makes this process the one that serves the data folder, until it ends, however it ends.
   * Throws {@link EmbeddedDatabaseError} that names the other when there is one.
   */
  holdServeLock(): Promise<ServeLock>
  /** Lets the server go, and stops it when no other process uses it. Safe to call twice. */
  close(): Promise<void>
  /** Lets the server go and leaves it running, for a program that is no Rialto process and comes next, such as psql. */
  leaveRunning(): Promise<void>
}

/** Throws `EmbeddedDatabaseError` with a sentence and a remedy when the database can't be had. */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const startedAt = performance.now()
  const context = createContext(options)
  const password = await prepare(context)
  let server: HeldServer | undefined
  try {
    const held = (server = await holdServer(context, password))
    const ownPassword = applicationPassword(password)
    await ensureApplicationDatabase(held.client(), ownPassword)
    return {
      url: `postgresql://${applicationRole}:${ownPassword}@127.0.0.1:${held.port}/${applicationDatabase}`,
      adopted: held.adopted,
      startedInMs: Math.round(performance.now() - startedAt),
      holdServeLock: () => held.holdServeLock(),
      close: () => held.close(),
      leaveRunning: () => held.leaveRunning(),
    }
  } catch (error) {
    await server?.close()
    throw explain({ ...context, doing: 'start', error })
  }
}

/** Data folder, cluster and password; returns the superuser's password. */
async function prepare(context: Context): Promise<string> {
  const { layout, account, durability, log } = context
  try {
    // Of a folder that can't be made, only the plain call tells the true cause.
    await mkdir(layout.dataDir, { recursive: true, mode: 0o700 }).catch(() => mkdir(layout.dataDir, { mode: 0o700 }))
    const exists = await clusterExists(layout, account)
    const known = await findPassword(layout)
    if (exists && known !== undefined) return known
    if (exists) {
      log.warn(`${layout.passwordFile} is gone; setting a new database password`)
      const fresh = randomBytes(32).toString('base64url')
      await resetPassword(context, fresh)
      return await createPassword(layout, fresh)
    }
    const password = known ?? (await createPassword(layout, randomBytes(32).toString('base64url')))
    await createCluster({ layout, account, durability, password, binaries: await context.binaries() })
    return password
  } catch (error) {
    throw explain({ doing: 'prepare', ...context, error })
  }
}
