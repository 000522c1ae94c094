import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agents } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'

/**
 * Holds the agent until the transaction ends, so that changes to one agent's prices happen one after the other; nothing that
 * meters or subscribes waits for it. Throws `not_found`, and `conflict` for an agent that is archived.
 */
export async function lockAgent(tx: Transaction, agentId: string): Promise<void> {
  const [agent] = await tx.select().from(agents).where(eq(agents.id, agentId)).for('no key update')
  if (agent === undefined || agent.listing !== 'agent') throw new AppError('not_found')
  if (agent.status === 'archived') throw new AppError('conflict', { detail: 'The agent is archived.' })
}

/** Throws `conflict` when a row is not any more what the editor looked at. */
export function requireUnchanged(row: { readonly updatedAt: Date }, readAt: string | undefined): void {
  if (readAt === undefined || new Date(readAt).getTime() === row.updatedAt.getTime()) return
  throw new AppError('conflict', {
    detail: 'Somebody has changed it since you read it. Read it again.',
    updatedAt: row.updatedAt.toISOString(),
  })
}
