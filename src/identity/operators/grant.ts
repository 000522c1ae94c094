import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { user } from '#src/db/schema/index.ts'
import { operatorRole, storePendingGrant, takePendingGrant } from './pending-grant.ts'

export type GrantResult =
  | { readonly kind: 'granted' }
  | { readonly kind: 'already' }
  /** Acts as soon as this address has signed up and is confirmed. */
  | { readonly kind: 'pending' }

/** `email` in lower case. The audit row is written in the same transaction. */
export async function grantOperator(db: Database, email: string): Promise<GrantResult> {
  return db.transaction(async (tx) => {
    // Locked, so that an address that is confirmed right now either is seen as confirmed or finds the grant afterwards.
    const [person] = await tx.select().from(user).where(eq(user.email, email)).for('update')
    if (person === undefined || !person.emailVerified) {
      const grantId = await storePendingGrant(tx, email)
      await recordAudit(tx, { action: 'operator.grant_pending', resource: 'operator_grant', resourceId: grantId })
      return { kind: 'pending' }
    }
    if (person.role === operatorRole) return { kind: 'already' }
    await tx.update(user).set({ role: operatorRole }).where(eq(user.id, person.id))
    await recordAudit(tx, { action: 'operator.grant', resource: 'person', resourceId: person.id })
    return { kind: 'granted' }
  })
}

export interface RevokeResult {
  /** `pending`: a grant that nobody had taken up. */
  readonly kind: 'revoked' | 'pending' | 'none'
  readonly operatorsLeft: number
}

/** Acts on the person's next request. `email` in lower case. */
export async function revokeOperator(db: Database, email: string): Promise<RevokeResult> {
  return db.transaction(async (tx) => {
    const grantId = await takePendingGrant(tx, email)
    const [person] = await tx.select().from(user).where(eq(user.email, email)).for('update')
    const isOperator = person?.role === operatorRole
    if (isOperator) {
      await tx.update(user).set({ role: 'user' }).where(eq(user.id, person.id))
      await recordAudit(tx, { action: 'operator.revoke', resource: 'person', resourceId: person.id })
    } else if (grantId !== undefined) {
      await recordAudit(tx, { action: 'operator.revoke_pending', resource: 'operator_grant', resourceId: grantId })
    }
    const operatorsLeft = await tx.$count(user, eq(user.role, operatorRole))
    if (isOperator) return { kind: 'revoked', operatorsLeft }
    return { kind: grantId === undefined ? 'none' : 'pending', operatorsLeft }
  })
}
