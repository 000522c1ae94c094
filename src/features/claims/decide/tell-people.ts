import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { agentClaims } from '#src/db/schema/index.ts'
import { claimApproved, claimRefused } from '#src/integrations/mail/index.ts'
import type { ClaimDeps } from '../context.ts'

interface About {
  readonly deps: Pick<ClaimDeps, 'mail' | 'baseUrl'>
  readonly claim: typeof agentClaims.$inferSelect
  readonly agent: { readonly name: string; readonly slug: string }
}

/** As many as an organization may have. */
const membersMax = 200

/** Everybody of the organization whose agent the entry is now. */
export async function tellMembers(
  tx: Transaction,
  { deps, claim, agent, organization }: About & { readonly organization: string },
): Promise<void> {
  const { rows } = await tx.execute<{ id: string; email: string }>(sql`
    SELECT person.id, person.email
    FROM organization_member AS member JOIN "user" AS person ON person.id = member.user_id
    WHERE member.organization_id = ${claim.organizationId} AND person.email_verified AND NOT person.banned
    ORDER BY member.created_at, member.id LIMIT ${membersMax}`)
  for (const { id, email } of rows) {
    const isClaimant = id === claim.userId
    const url = `${deps.baseUrl}/agents/${agent.slug}`
    const mail = claimApproved({ agent: agent.name, organization, host: claim.host, isClaimant, url })
    await deps.mail.enqueue({ ...mail, to: email, template: 'claim-approved' }, { tx })
  }
}

/** Whoever made the claim. */
export async function tellRefused(
  tx: Transaction,
  { deps, claim, agent, reason }: About & { readonly reason: string },
): Promise<void> {
  const { rows } = await tx.execute<{ email: string; organization: string }>(sql`
    SELECT person.email, organization.name AS organization FROM "user" AS person, organization
    WHERE person.id = ${claim.userId} AND organization.id = ${claim.organizationId} AND NOT person.banned`)
  for (const { email, organization } of rows) {
    const url = `${deps.baseUrl}/agents/${agent.slug}/claim`
    const mail = claimRefused({ agent: agent.name, organization, reason, url })
    await deps.mail.enqueue({ ...mail, to: email, template: 'claim-refused' }, { tx })
  }
}
