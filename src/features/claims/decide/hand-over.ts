import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agentClaims, agents, organization } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ClaimDeps } from '../context.ts'
import { tellMembers, tellRefused } from './tell-people.ts'

interface HandOver {
  readonly deps: Pick<ClaimDeps, 'mail' | 'baseUrl'>
  readonly claimId: string
  readonly operatorId: string
}

const competing = 'Another organization has proven that the project is theirs.'

/**
 * Makes a directory entry the agent of the organization whose claim this is. Its address and what it says stay; the seed leaves it
 * alone from now on. Throws `conflict`.
 */
export async function handOver(tx: Transaction, { deps, claimId, operatorId }: HandOver): Promise<void> {
  const claim = await settle(tx, { claimId, operatorId })
  const { agentId, organizationId, userId } = claim
  await requireStillManages(tx, { organizationId, userId })
  const [publisher] = await tx.select().from(organization).where(eq(organization.id, organizationId))
  const [agent] = await tx
    .update(agents)
    .set({
      listing: 'agent',
      organizationId,
      publisherName: publisher?.name ?? null,
      claimedAt: sql`now()`,
      verifiedAt: sql`now()`,
      updatedAt: sql`now()`,
    })
    // Two operators may approve two claims at once: the second finds it handed over.
    .where(and(eq(agents.id, agentId), eq(agents.listing, 'directory_entry'), eq(agents.status, 'published')))
    .returning()
  if (agent === undefined || publisher === undefined) {
    throw new AppError('conflict', { detail: 'The entry is claimed or taken down by now.' })
  }
  const others = await refuseOthers(tx, { agentId, claimId, operatorId })
  await recordAudit(tx, {
    userId: operatorId,
    orgId: organizationId,
    action: 'agent_claim.approve',
    resource: 'agent_claim',
    resourceId: claimId,
    metadata: { agentId, host: claim.host, method: claim.method, competingRefused: others.length },
  })
  await refreshAgentSearch(tx, [agentId])
  await tellMembers(tx, { deps, claim, agent, organization: publisher.name })
  for (const other of others) await tellRefused(tx, { deps, claim: other, agent, reason: competing })
}

interface Settled {
  readonly claimId: string
  readonly operatorId: string
}

async function settle(tx: Transaction, { claimId, operatorId }: Settled) {
  const [claim] = await tx
    .update(agentClaims)
    .set({ state: 'approved', decidedBy: operatorId, decidedAt: sql`now()`, updatedAt: sql`now()` })
    .where(and(eq(agentClaims.id, claimId), eq(agentClaims.state, 'proven')))
    .returning()
  if (claim === undefined) throw new AppError('conflict', { detail: 'It is not waiting for a decision.' })
  return claim
}

interface Claimant {
  readonly organizationId: string
  readonly userId: string
}

async function requireStillManages(tx: Transaction, { organizationId, userId }: Claimant): Promise<void> {
  const { rowCount } = await tx.execute(sql`
    SELECT FROM organization_member AS member JOIN "user" AS person ON person.id = member.user_id
    WHERE member.organization_id = ${organizationId} AND member.user_id = ${userId}
      AND member.role IN ('owner', 'admin') AND NOT person.banned
    FOR SHARE OF member`)
  if (rowCount !== 1) {
    throw new AppError('conflict', { detail: 'Whoever made the claim doesn’t manage the organization any more.' })
  }
}

function refuseOthers(tx: Transaction, { agentId, claimId, operatorId }: Settled & { readonly agentId: string }) {
  return tx
    .update(agentClaims)
    .set({ state: 'refused', decidedBy: operatorId, decidedAt: sql`now()`, reason: competing, updatedAt: sql`now()` })
    .where(
      and(
        eq(agentClaims.agentId, agentId),
        ne(agentClaims.id, claimId),
        inArray(agentClaims.state, ['pending', 'proven']),
      ),
    )
    .returning()
}
