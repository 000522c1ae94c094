import { and, eq, inArray, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentClaims } from '#src/db/schema/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { findClaimedAgent } from './claimed-agent.ts'
import { allowsThisMachine } from './context.ts'
import type { ClaimDeps } from './context.ts'
import { readOwnClaim } from './read-own-claim.ts'

interface Withdraw {
  readonly slug: string
  readonly viewer: AccountViewer
}

/** Ends the open claim. Doing it again changes nothing. Throws `not_found`. */
export async function withdrawClaim(deps: ClaimDeps, { slug, viewer }: Withdraw): Promise<void> {
  const rule = { allowsThisMachine: allowsThisMachine(deps) }
  await deps.db.transaction(async (tx) => {
    const agent = await findClaimedAgent(tx, { slug, ...rule })
    if (agent === undefined) throw new AppError('not_found')
    const claim = await readOwnClaim(tx, { agentId: agent.id, userId: viewer.id, ...rule })
    if (claim === undefined) return
    const [row] = await tx
      .update(agentClaims)
      .set({ state: 'withdrawn', updatedAt: sql`now()` })
      .where(and(eq(agentClaims.id, claim.id), inArray(agentClaims.state, ['pending', 'proven'])))
      .returning()
    if (row === undefined) return
    await recordAudit(tx, {
      userId: viewer.id,
      orgId: row.organizationId,
      action: 'agent_claim.withdraw',
      resource: 'agent_claim',
      resourceId: row.id,
      metadata: { agentId: agent.id },
    })
  })
}
