import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'

/** The business clock. Not this process's: the sandbox can advance it. */
export async function businessNow(db: Pick<Database | Transaction, 'execute'>): Promise<Date> {
  const { rows } = await db.execute<{ now: string }>(sql`SELECT to_json(rialto_now()) #>> '{}' AS now`)
  return new Date(rows[0]?.now ?? Number.NaN)
}
