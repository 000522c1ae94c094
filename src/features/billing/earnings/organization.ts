import { eq, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { organization, publisherAccounts } from '#src/db/schema/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { requirePublisherOf } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'

export interface Earner {
  readonly id: string
  readonly slug: string
  readonly name: string
  /** The marketplace's share of what it sells from now on. */
  readonly feeBp: number
}

async function findEarner(db: Database | Transaction, which: string): Promise<Earner | undefined> {
  // PostgreSQL refuses the character outright.
  if (which.includes('\0')) return undefined
  const [found] = await db
    .select({
      id: organization.id,
      slug: organization.slug,
      name: organization.name,
      feeBp: sql<number>`coalesce(${publisherAccounts.feeBp}, 0)`,
    })
    .from(organization)
    .leftJoin(publisherAccounts, eq(publisherAccounts.organizationId, organization.id))
    .where(or(eq(organization.id, which), eq(organization.slug, which)))
    .limit(1)
  return found
}

interface Asked {
  readonly viewer: AccountViewer | undefined
  readonly slug: string
}

/**
 * The organization, for somebody who manages it: what it earns is nobody else's business. Throws `unauthenticated`, `not_found`
 * alike for strangers and for what doesn't exist, and `forbidden` for its other members.
 */
export async function getOwnEarner(db: Database, { viewer, slug }: Asked): Promise<Earner> {
  const found = await findEarner(db, slug)
  if (found === undefined || found.slug !== slug) throw new AppError('not_found')
  await requirePublisherOf(db, { viewer, organizationId: found.id, roles: ['owner', 'admin'] })
  return found
}

/** For operators, by slug or id. Throws `not_found`. */
export async function getEarner(db: Database | Transaction, which: string): Promise<Earner> {
  const found = await findEarner(db, which)
  if (found === undefined) throw new AppError('not_found')
  return found
}

/** The same, or the id alone of one that is gone and that the books still name. Throws `not_found`. */
export async function getEarnerRef(db: Database | Transaction, which: string): Promise<string> {
  const found = await findEarner(db, which)
  if (found !== undefined) return found.id
  const { rowCount } = await db.execute(sql`SELECT FROM billing_entries WHERE organization_ref = ${which} LIMIT 1`)
  if (rowCount === 0) throw new AppError('not_found')
  return which
}
