import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'

/** What its mails have come to, as the interaction shows it. Also for when a recipient, and their mail, has gone. */
export async function noteOutcome(tx: Transaction, interactionId: string): Promise<void> {
  await tx.execute(sql`
    UPDATE interactions SET notify_attempts = mails.attempts, notify_error = mails.error,
      notified_at = CASE WHEN mails.are_sent THEN now() END
    FROM (
      SELECT max(attempts) AS attempts, max(error) AS error, bool_and(sent_at IS NOT NULL) AS are_sent
      FROM interaction_mails WHERE interaction_id = ${interactionId}
    ) AS mails
    WHERE interactions.id = ${interactionId} AND notified_at IS NULL AND mails.attempts IS NOT NULL`)
}
