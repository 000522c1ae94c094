import { and, eq, inArray, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agentClaims, organization, user } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { claimRefused } from '#src/integrations/mail/index.ts'

interface CloseClaims {
  readonly deps: Pick<Deps, 'mail' | 'baseUrl'>
  readonly agent: { readonly id: string; readonly name: string; readonly slug: string }
  readonly operatorId: string
}

const reason = 'The entry was taken down, so there is nothing left to claim.'

/**
 * Refuses the open claims of an entry that goes, and tells whoever made them: they would wait for a decision that can't be made any
 * more. To be called by whoever holds the entry's row.
 */
export async function closeClaims(tx: Transaction, { deps, agent, operatorId }: CloseClaims): Promise<void> {
  const closed = await tx
    .update(agentClaims)
    .set({ state: 'refused', decidedBy: operatorId, decidedAt: sql`now()`, reason, updatedAt: sql`now()` })
    .where(and(eq(agentClaims.agentId, agent.id), inArray(agentClaims.state, ['pending', 'proven'])))
    .returning()
  for (const claim of closed) {
    await recordAudit(tx, {
      userId: operatorId,
      orgId: claim.organizationId,
      action: 'agent_claim.refuse',
      resource: 'agent_claim',
      resourceId: claim.id,
      metadata: { agentId: agent.id, reason },
    })
    const [told] = await tx
      .select({ email: user.email, organization: organization.name })
      .from(user)
      .innerJoin(organization, eq(organization.id, claim.organizationId))
      .where(and(eq(user.id, claim.userId), eq(user.banned, false)))
    if (told === undefined) continue
    const url = `${deps.baseUrl}/agents/${agent.slug}`
    const mail = claimRefused({ agent: agent.name, organization: told.organization, reason, url })
    await deps.mail.enqueue({ ...mail, to: told.email, template: 'claim-refused' }, { tx })
  }
}
