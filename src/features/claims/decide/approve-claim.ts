import { and, eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agentClaims, agents } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { allowsThisMachine } from '../context.ts'
import type { ClaimDeps } from '../context.ts'
import { lookForProof } from '../look-for-proof.ts'
import { claimedHost } from '../rules/claimed-host.ts'
import { handOver } from './hand-over.ts'

export interface ApproveClaim {
  readonly claimId: string
  readonly operatorId: string
}

export type Approval =
  | { readonly kind: 'approved' }
  /** The proof is not there any more: what was asked and what came back. */
  | { readonly kind: 'unproven'; readonly answer: string }

/**
 * Looks for the proof once more and hands the entry over to the organization that claims it. Throws `not_found`, and `conflict` for a
 * claim that is not proven, an entry that is claimed, taken down or has another homepage by now, or a claimant who has lost the right.
 */
export async function approveClaim(deps: ClaimDeps, { claimId, operatorId }: ApproveClaim): Promise<Approval> {
  const [found] = await deps.db
    .select({ claim: agentClaims, homepageUrl: agents.homepageUrl })
    .from(agentClaims)
    .innerJoin(agents, eq(agents.id, agentClaims.agentId))
    .where(eq(agentClaims.id, claimId))
  if (found === undefined) throw new AppError('not_found')
  const { claim, homepageUrl } = found
  if (claim.state !== 'proven') throw new AppError('conflict', { detail: 'It is not waiting for a decision.' })
  const target = claimedHost({ homepageUrl, allowsThisMachine: allowsThisMachine(deps) })
  if (target.kind !== 'host' || target.host !== claim.host) {
    throw new AppError('conflict', { detail: 'The entry has another homepage by now.' })
  }
  const proof = await lookForProof(deps, { ...claim, target })
  await deps.db.transaction(async (tx) => {
    // Before any claim of it: of two that are approved at once each would refuse the one that the other holds.
    await tx.execute(sql`SELECT FROM agents WHERE id = ${claim.agentId} FOR NO KEY UPDATE`)
    await noteCheck(tx, { claimId, operatorId, error: proof.isFound ? null : proof.answer })
    if (proof.isFound) await handOver(tx, { deps, claimId, operatorId })
  })
  return proof.isFound ? { kind: 'approved' } : { kind: 'unproven', answer: proof.answer }
}

interface Noted {
  readonly claimId: string
  readonly operatorId: string
  readonly error: string | null
}

async function noteCheck(tx: Transaction, { claimId, operatorId, error }: Noted): Promise<void> {
  const [row] = await tx
    .update(agentClaims)
    .set({ checkedAt: sql`now()`, checkError: error, updatedAt: sql`now()` })
    .where(and(eq(agentClaims.id, claimId), eq(agentClaims.state, 'proven')))
    .returning()
  if (row === undefined) throw new AppError('conflict', { detail: 'It is not waiting for a decision.' })
  if (error === null) return
  await recordAudit(tx, {
    userId: operatorId,
    orgId: row.organizationId,
    action: 'agent_claim.approve',
    resource: 'agent_claim',
    resourceId: claimId,
    result: 'failure',
    metadata: { agentId: row.agentId, host: row.host, method: row.method },
  })
}
