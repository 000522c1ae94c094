import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agents } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'

type Agent = typeof agents.$inferSelect

/** The agent, held until the transaction ends. Throws `not_found`; a directory entry belongs to nobody and has no client. */
export async function lockAgent(tx: Transaction, agentId: string): Promise<Agent> {
  const [agent] = await tx.select().from(agents).where(eq(agents.id, agentId)).for('update')
  if (agent === undefined || agent.listing !== 'agent') throw new AppError('not_found')
  return agent
}

/** As lockAgent, for an agent that is a client already. Throws `conflict` when it is none. */
export async function lockAgentWithClient(
  tx: Transaction,
  agentId: string,
): Promise<Agent & { oauthClientId: string }> {
  const agent = await lockAgent(tx, agentId)
  const { oauthClientId } = agent
  if (oauthClientId === null) throw new AppError('conflict', { detail: 'The agent has no credentials yet.' })
  return { ...agent, oauthClientId }
}
