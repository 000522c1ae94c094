import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

/**
 * What a session's signed copy in the cookie is compared with on every request: one look at two primary keys. It differs as
 * soon as the session is revoked or anything about its person is written (name, address, role, suspension), and then the
 * copy no longer counts. `xmin` is the transaction that wrote the row, so no writer has to remember to count up.
 */
export async function sessionVersion(db: Database, sessionId: string): Promise<string> {
  const { rows } = await db.execute<{ version: string }>(sql`
    SELECT "user".xmin::text AS version
      FROM session JOIN "user" ON "user".id = session.user_id
     WHERE session.id = ${sessionId}`)
  return rows[0]?.version ?? 'ended'
}
