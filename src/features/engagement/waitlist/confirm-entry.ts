import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { recordInteraction } from '../interactions/record-interaction.ts'

/** Says yes for an address on a waitlist, and records it. Nothing where that was done already. */
export async function confirmEntry(tx: Transaction, id: string): Promise<void> {
  const { rows } = await tx.execute<Confirmed>(sql`
    UPDATE agent_waitlist AS entry SET confirmed_at = now() FROM agents AS agent
    WHERE entry.id = ${id} AND entry.confirmed_at IS NULL AND agent.id = entry.agent_id AND agent.status = 'published'
    RETURNING entry.email AS "userEmail", agent.id AS "agentId", agent.name AS "agentName",
      (SELECT person.id FROM "user" AS person WHERE person.email = entry.email AND person.email_verified) AS "userId"`)
  for (const { userId, ...entry } of rows) {
    await recordInteraction(tx, { type: 'waitlist_joined', ...entry, userId: userId ?? undefined })
  }
}

interface Confirmed extends Record<string, unknown> {
  readonly userEmail: string
  readonly agentId: string
  readonly agentName: string
  readonly userId: string | null
}
