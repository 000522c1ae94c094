import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { readMailProgress } from '#src/integrations/mail/index.ts'
import type { MailProgress } from '#src/integrations/mail/index.ts'
import { noteOutcome } from './note-outcome.ts'

export type SettleDeps = Pick<Deps, 'db' | 'jobs'>

/** Mails asked about in one run. */
const openMax = 500
const unknown = 'Whether it was sent is not known any more.'

/** Writes down how far mails have come, and with it what is true of their interactions. Safe to repeat. */
export async function settleInteractionMails({ db, jobs }: SettleDeps): Promise<void> {
  const { rows } = await db.execute<{ id: string }>(sql`
    SELECT id FROM interaction_mails WHERE sent_at IS NULL AND given_up_at IS NULL
    ORDER BY created_at LIMIT ${openMax}`)
  for (const { id } of rows) {
    const progress = await readMailProgress(jobs.boss, id)
    if (progress.state === 'waiting' && progress.attempts === 0) continue
    await db.transaction((tx) => settle(tx, { id, progress }))
  }
}

interface Settling {
  readonly id: string
  readonly progress: MailProgress
}

async function settle(tx: Transaction, { id, progress: { state, attempts, reason } }: Settling): Promise<void> {
  const error = { sent: null, unknown, waiting: reason ?? null, given_up: reason ?? null }[state]
  const isGivenUp = state === 'given_up' || state === 'unknown'
  const { rows } = await tx.execute<{ interaction_id: string }>(sql`
    UPDATE interaction_mails SET attempts = greatest(attempts, ${attempts}), error = ${error},
      sent_at = CASE WHEN ${state === 'sent'} THEN now() END, given_up_at = CASE WHEN ${isGivenUp} THEN now() END
    WHERE id = ${id} AND sent_at IS NULL AND given_up_at IS NULL
    RETURNING interaction_id`)
  for (const { interaction_id } of rows) await noteOutcome(tx, interaction_id)
}
