import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentClaims, organization } from '#src/db/schema/index.ts'
import { requirePublisherOf } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { getUnclaimedAgent } from './claimed-agent.ts'
import { allowsThisMachine } from './context.ts'
import type { ClaimDeps } from './context.ts'
import { takeAttempt } from './take-attempt.ts'

export interface StartClaim {
  readonly slug: string
  readonly viewer: AccountViewer
  /** Slug of the organization that the entry is to become the agent of. */
  readonly organization: string
}

const tokenBytes = 24

/**
 * Begins to claim an entry for an organization, with a text that has to stand at the project's own address. Again while one of it
 * is open, nothing changes. Throws `not_found`, `forbidden` for an address that is not confirmed or a mere member, `conflict` for
 * what is claimed or can't be proven, `rate_limited`.
 */
export async function startClaim(deps: ClaimDeps, start: StartClaim): Promise<void> {
  const { slug, viewer } = start
  if (!viewer.emailVerified) throw new AppError('forbidden', { detail: 'Confirm your address first.' })
  const organizationId = await requireManaged(deps, start)
  await takeAttempt(deps.auth, { 'engagement:account': [viewer.id] })
  await deps.db.transaction(async (tx) => {
    const { id: agentId, target } = await getUnclaimedAgent(tx, { slug, allowsThisMachine: allowsThisMachine(deps) })
    if (target.kind !== 'host') throw new AppError('conflict', { detail: 'Its homepage proves nothing.' })
    const token = `rialto-claim-${randomBytes(tokenBytes).toString('base64url')}`
    const [claim] = await tx
      .insert(agentClaims)
      .values({ agentId, userId: viewer.id, organizationId, token, host: target.host })
      // One of this organization's is open.
      .onConflictDoNothing()
      .returning({ id: agentClaims.id })
    if (claim === undefined) return
    await recordAudit(tx, {
      userId: viewer.id,
      orgId: organizationId,
      action: 'agent_claim.start',
      resource: 'agent_claim',
      resourceId: claim.id,
      metadata: { agentId, host: target.host },
    })
  })
}

async function requireManaged({ db }: ClaimDeps, { viewer, organization: slug }: StartClaim): Promise<string> {
  if (slug.includes('\0')) throw new AppError('not_found')
  const [row] = await db.select({ id: organization.id }).from(organization).where(eq(organization.slug, slug))
  if (row === undefined) throw new AppError('not_found')
  await requirePublisherOf(db, { viewer, organizationId: row.id, roles: ['owner', 'admin'] })
  return row.id
}
