import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import type { Belongings } from './belongings.ts'

interface Leaving {
  readonly userId: string
  readonly belongings: Belongings
}

/** Ends the organizations that go along with their only member, and takes the person out of the others. */
export async function leaveOrganizations(tx: Transaction, { userId, belongings }: Leaving): Promise<void> {
  for (const { id } of belongings.ending) {
    await recordAudit(tx, {
      userId,
      orgId: id,
      action: 'organization.delete',
      resource: 'organization',
      resourceId: id,
    })
    await tx.execute(sql`DELETE FROM organization WHERE id = ${id}`)
  }
  for (const { id } of belongings.leaving) {
    await recordAudit(tx, {
      userId,
      orgId: id,
      action: 'organization.leave',
      resource: 'person',
      resourceId: userId,
    })
  }
  await tx.execute(sql`DELETE FROM organization_member WHERE user_id = ${userId}`)
}
