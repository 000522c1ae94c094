// The database of this installation: the operator's own when DATABASE_URL is set, else the embedded one.
import type { Config } from '#src/config.ts'
import { openEmbeddedDatabase } from './embedded/index.ts'
import type { EmbeddedDatabase, EmbeddedOptions } from './embedded/index.ts'

export interface OpenDatabase {
  readonly url: string
  /** Undefined with a database of the operator's own, which any number of processes may serve. */
  readonly embedded?: EmbeddedDatabase
  close(): Promise<void>
}

/** Throws `EmbeddedDatabaseError`. Does not connect to an operator's own database: its pool does, and waits for it. */
export async function openDatabase(
  { database }: Pick<Config, 'database'>,
  log: EmbeddedOptions['log'],
): Promise<OpenDatabase> {
  if (database.kind === 'external') return { url: database.url, close: async () => {} }
  const embedded = await openEmbeddedDatabase({ dataDir: database.dataDir, log })
  return { url: embedded.url, embedded, close: () => embedded.close() }
}
