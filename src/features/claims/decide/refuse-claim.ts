import { and, eq, inArray, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentClaims, agents } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ClaimDeps } from '../context.ts'
import { tellRefused } from './tell-people.ts'

interface RefuseClaim {
  readonly claimId: string
  readonly operatorId: string
  /** Whoever made the claim reads it. */
  readonly reason: string
}

/** Ends an open claim, proven or not. Throws `not_found`, and `conflict` for one that is not open any more. */
export async function refuseClaim(
  { db, mail, baseUrl }: Pick<ClaimDeps, 'db' | 'mail' | 'baseUrl'>,
  { claimId, operatorId, reason }: RefuseClaim,
): Promise<void> {
  await db.transaction(async (tx) => {
    const isThis = eq(agentClaims.id, claimId)
    if (!(await tx.$count(agentClaims, isThis))) throw new AppError('not_found')
    const [claim] = await tx
      .update(agentClaims)
      .set({ state: 'refused', decidedBy: operatorId, decidedAt: sql`now()`, reason, updatedAt: sql`now()` })
      .where(and(isThis, inArray(agentClaims.state, ['pending', 'proven'])))
      .returning()
    if (claim === undefined) throw new AppError('conflict', { detail: 'It is decided already.' })
    await recordAudit(tx, {
      userId: operatorId,
      orgId: claim.organizationId,
      action: 'agent_claim.refuse',
      resource: 'agent_claim',
      resourceId: claimId,
      metadata: { agentId: claim.agentId, reason },
    })
    const [agent] = await tx.select().from(agents).where(eq(agents.id, claim.agentId))
    if (agent !== undefined) await tellRefused(tx, { deps: { mail, baseUrl }, claim, agent, reason })
  })
}
