import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { publisherAccounts } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { getEarner } from './organization.ts'

interface SetFee {
  readonly operatorId: string
  /** Slug or id. */
  readonly organization: string
  /** The marketplace's share of each sale, in basis points. */
  readonly feeBp: number
  readonly reason: string
}

export interface Fee {
  readonly organization: string
  readonly feeBp: number
}

/** Sets the marketplace's share of what an organization sells from now on; what was sold keeps its share. Throws `not_found`. */
export async function setFee({ db }: Pick<Deps, 'db'>, { operatorId, reason, ...input }: SetFee): Promise<Fee> {
  return db.transaction(async (tx) => {
    const earner = await getEarner(tx, input.organization)
    const { feeBp } = input
    await tx
      .insert(publisherAccounts)
      .values({ organizationId: earner.id, feeBp })
      .onConflictDoUpdate({ target: publisherAccounts.organizationId, set: { feeBp, updatedAt: sql`now()` } })
    await recordAudit(tx, {
      userId: operatorId,
      orgId: earner.id,
      action: 'publisher.set_fee',
      resource: 'organization',
      resourceId: earner.id,
      metadata: { before: earner.feeBp, after: feeBp, reason },
    })
    return { organization: earner.slug, feeBp }
  })
}
