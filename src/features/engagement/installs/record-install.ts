import { and, eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentInstalls } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { recordInteraction } from '../interactions/record-interaction.ts'

interface Whose {
  readonly agentId: string
  readonly userId: string
}

interface Install extends Whose {
  /** What they did first. */
  readonly by: 'button' | 'launch' | 'subscription'
}

/** Somebody's first use of an agent, in the transaction of what they do; one for each person. Returns whether it is the first. */
export async function recordInstall(tx: Transaction, { agentId, userId, by }: Install): Promise<boolean> {
  const { rowCount } = await tx.insert(agentInstalls).values({ agentId, userId }).onConflictDoNothing()
  if (rowCount !== 1) return false
  await recordInteraction(tx, { type: 'installed', userId, agentId, metadata: { by } })
  await refreshAgentSearch(tx, [agentId])
  return true
}

/** Returns whether there was one. */
export async function recordUninstall(tx: Transaction, { agentId, userId }: Whose): Promise<boolean> {
  const { rowCount } = await tx
    .delete(agentInstalls)
    .where(and(eq(agentInstalls.agentId, agentId), eq(agentInstalls.userId, userId)))
  if (rowCount !== 1) return false
  await recordInteraction(tx, { type: 'uninstalled', userId, agentId })
  await refreshAgentSearch(tx, [agentId])
  return true
}
