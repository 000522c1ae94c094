import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { interactionRecorded } from '#src/integrations/mail/index.ts'
import { wordsOf } from './types.ts'

export type QueueDeps = Pick<Deps, 'db' | 'mail' | 'baseUrl'>

/** Interactions queued in one transaction, each with all of its mails: half of them would pass for all. */
const pageMax = 20
/** More are left to the next run. */
const pagesMax = 100
/** Older ones, which were refused for good or came while nothing ran, are not looked at again. */
const lookBackDays = 7
/** For about a day, a quarter of an hour apart. */
const retriesMax = 100

/**
 * Queues one mail for each interaction and recipient, by the constraint on their row: whatever crashes, and however many processes
 * do it, there is never a second one. Recipients hear of what happened since they said yes.
 */
export async function queueInteractionMails(deps: QueueDeps): Promise<void> {
  for (let page = 0; page < pagesMax; page++) {
    if ((await deps.db.transaction((tx) => queuePage(tx, deps))) < pageMax) return
  }
}

interface Queued extends Record<string, unknown> {
  readonly id: string
  readonly email: string
  readonly interaction_id: string
  readonly type: string
  readonly agent_name: string | null
  readonly occurred_at: string
}

async function queuePage(tx: Transaction, { mail, baseUrl }: QueueDeps): Promise<number> {
  const { rows } = await tx.execute<Queued>(sql`
    WITH wanted AS (
      SELECT interaction.id, interaction.created_at FROM interactions AS interaction
      WHERE interaction.notified_at IS NULL AND interaction.created_at > now() - ${lookBackDays} * interval '1 day'
        AND interaction.created_at >= (SELECT min(confirmed_at) FROM interaction_recipients)
        AND NOT EXISTS (SELECT FROM interaction_mails AS mail WHERE mail.interaction_id = interaction.id)
      ORDER BY interaction.created_at LIMIT ${pageMax}
    ), queued AS (
      INSERT INTO interaction_mails (interaction_id, recipient_id)
      SELECT wanted.id, recipient.id
      FROM wanted JOIN interaction_recipients AS recipient ON recipient.confirmed_at <= wanted.created_at
      ON CONFLICT (interaction_id, recipient_id) DO NOTHING
      RETURNING id, interaction_id, recipient_id
    )
    SELECT queued.id, recipient.email, interaction.id AS interaction_id, interaction.type, interaction.agent_name,
      interaction.occurred_at
    FROM queued
      JOIN interactions AS interaction ON interaction.id = queued.interaction_id
      JOIN interaction_recipients AS recipient ON recipient.id = queued.recipient_id`)
  for (const row of rows) {
    const message = interactionRecorded({
      what: wordsOf(row.type),
      agent: row.agent_name ?? undefined,
      at: new Date(row.occurred_at),
      url: `${baseUrl}/operator/interactions/${row.interaction_id}`,
    })
    await mail.enqueue({ ...message, to: row.email, template: 'interaction-recorded' }, { tx, id: row.id, retriesMax })
  }
  return new Set(rows.map(({ interaction_id }) => interaction_id)).size
}
