import { eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database, Transaction } from '#src/db/client.ts'
import { agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { closeClaims } from './close-claims.ts'

interface TakeDown {
  readonly deps: Pick<Deps, 'mail' | 'baseUrl'>
  readonly agentId: string
  readonly operatorId: string
  readonly reason: string
}

/**
 * Archives an entry that nobody has claimed, and refuses the claims of it that are open: nobody subscribes to one, so nothing else
 * has to be ended. The seed leaves archived entries alone. Throws `conflict` for what has a publisher or is not listed any more.
 */
export async function takeDownEntry(tx: Transaction, { deps, agentId, operatorId, reason }: TakeDown): Promise<void> {
  const [agent] = await tx.select().from(agents).where(eq(agents.id, agentId)).for('no key update')
  if (agent?.listing !== 'directory_entry' || agent.status !== 'published') {
    throw new AppError('conflict', { detail: 'It is not an unclaimed entry that is listed.' })
  }
  await tx
    .update(agents)
    .set({ status: 'archived', archivedAt: sql`now()`, updatedAt: sql`now()` })
    .where(eq(agents.id, agentId))
  await recordAudit(tx, {
    userId: operatorId,
    action: 'agent.archive',
    resource: 'agent',
    resourceId: agentId,
    metadata: { reason },
  })
  await closeClaims(tx, { deps, agent, operatorId })
  await refreshAgentSearch(tx, [agentId])
}

/** Whether what stood at this address went at the request of its makers. */
export async function isRemovedByRequest(db: Pick<Database, 'execute'>, slug: string): Promise<boolean> {
  if (slug.includes('\0')) return false
  const { rowCount } = await db.execute(sql`
    SELECT FROM agents JOIN reports ON reports.agent_id = agents.id
    WHERE slug = ${slug} AND status = 'archived' AND kind = 'removal' AND state = 'upheld' LIMIT 1`)
  return (rowCount ?? 0) > 0
}
