import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { interactions } from '#src/db/schema/index.ts'
import type { Json } from '#src/db/schema/business.ts'
import type { InteractionType } from './types.ts'

export interface NewInteraction {
  /** Left out: a new one. Whoever gives one looks first whether it was recorded before. */
  readonly id?: string
  readonly type: InteractionType
  /** Whoever did it, where they have an account. */
  readonly userId?: string | undefined
  /** Left out: that of the account, as it is now. */
  readonly userEmail?: string | undefined
  readonly agentId?: string | undefined
  /** Left out: that of the agent, as it is now. */
  readonly agentName?: string | undefined
  /** Erased together with who did it. */
  readonly metadata?: Json
}

/** The job that mails what was recorded; to be woken after the commit. */
export const interactionMailsJob = 'engagement-interaction-mails'

/**
 * Writes down what somebody does, in the transaction in which they do it. Nothing is mailed here: a mail that can't go out never
 * holds up the act. Returns the interaction's id.
 */
export async function recordInteraction(tx: Transaction, interaction: NewInteraction): Promise<string> {
  const { userId, agentId } = interaction
  const userEmail = interaction.userEmail ?? sql`(SELECT email FROM "user" WHERE id = ${userId ?? null})`
  const agentName = interaction.agentName ?? sql`(SELECT name FROM agents WHERE id = ${agentId ?? null}::uuid)`
  const [row] = await tx
    .insert(interactions)
    .values({ ...interaction, userEmail, agentName })
    .returning({ id: interactions.id })
  if (row === undefined) throw new Error('The inserted interaction was not returned')
  return row.id
}
