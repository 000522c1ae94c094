import { sql } from 'drizzle-orm'
import type { Database } from './client.ts'

/** The business clock as ISO 8601. Not this process's: the sandbox can advance it. */
export async function readBusinessNow(db: Pick<Database, 'execute'>): Promise<string> {
  const { rows } = await db.execute<{ now: string }>(sql`SELECT to_json(rialto_now()) #>> '{}' AS now`)
  return new Date(rows[0]?.now ?? Number.NaN).toISOString()
}
