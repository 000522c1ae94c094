import type { Database } from '#src/db/client.ts'

/** Enough to read with: the database, or a transaction. */
export type Reader = Pick<Database, 'execute'>

/** The rows of hand-written SQL, as the type their SELECT list says; the cast is what Drizzle can't infer from a string. */
export const rowsOf = <T>(result: { rows: unknown[] }): T[] => result.rows as T[]
