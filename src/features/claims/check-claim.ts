import { and, eq, inArray, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentClaims } from '#src/db/schema/index.ts'
import { interactionMailsJob, recordInteraction } from '#src/features/engagement/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { getUnclaimedAgent } from './claimed-agent.ts'
import { allowsThisMachine } from './context.ts'
import type { ClaimDeps } from './context.ts'
import { lookForProof } from './look-for-proof.ts'
import type { ClaimMethod } from './look-for-proof.ts'
import { readOwnClaim } from './read-own-claim.ts'
import { takeAttempt } from './take-attempt.ts'

export interface CheckClaim {
  readonly slug: string
  readonly viewer: AccountViewer
  readonly method: ClaimMethod
}

/**
 * Looks whether the text stands where it has to, and notes what was there. Once it did, operators decide, and it is not looked for
 * again until then. Throws `not_found`, `conflict` for what is claimed or has another homepage by now, `rate_limited`.
 */
export async function checkClaim(deps: ClaimDeps, { slug, viewer, method }: CheckClaim): Promise<void> {
  const rule = { allowsThisMachine: allowsThisMachine(deps) }
  const { id: agentId, target } = await getUnclaimedAgent(deps.db, { slug, ...rule })
  const claim = await readOwnClaim(deps.db, { agentId, userId: viewer.id, ...rule })
  if (claim === undefined || claim.state === 'refused') throw new AppError('not_found')
  if (claim.state === 'proven') return
  if (target.kind !== 'host' || target.host !== claim.host) {
    throw new AppError('conflict', { detail: 'The entry has another homepage by now: withdraw the claim.' })
  }
  await takeAttempt(deps.auth, { 'claim-check:account': [viewer.id], 'claim-check:host': [claim.host] })
  const proof = await lookForProof(deps, { method, token: claim.token, target })
  await deps.db.transaction(async (tx) => {
    const [row] = await tx
      .update(agentClaims)
      .set({
        method,
        checkedAt: sql`now()`,
        ...(proof.isFound ? { state: 'proven', checkError: null, provenAt: sql`now()` } : { checkError: proof.answer }),
        updatedAt: sql`now()`,
      })
      // It may have been proven, or decided, while the stranger was asked.
      .where(and(eq(agentClaims.id, claim.id), inArray(agentClaims.state, ['pending'])))
      .returning()
    if (row === undefined) return
    await recordAudit(tx, {
      userId: viewer.id,
      orgId: row.organizationId,
      action: proof.isFound ? 'agent_claim.prove' : 'agent_claim.check',
      resource: 'agent_claim',
      resourceId: row.id,
      result: proof.isFound ? 'success' : 'failure',
      metadata: { agentId, host: row.host, method },
    })
    if (!proof.isFound) return
    const metadata = { organization: claim.organization.name, host: row.host, claimId: row.id }
    await recordInteraction(tx, { type: 'claimed', userId: viewer.id, userEmail: viewer.email, agentId, metadata })
  })
  if (proof.isFound) await deps.jobs.wake(interactionMailsJob)
}
