import { and, eq, like } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { verification } from '#src/db/schema/index.ts'

/** Every browser is asked for the second step again: whoever knew the old password may have marked one as trusted. */
export async function forgetTrustedDevices(db: Database | Transaction, userId: string): Promise<void> {
  // The two-factor plugin keeps them there, by these names.
  await db
    .delete(verification)
    .where(and(eq(verification.value, userId), like(verification.identifier, 'trust-device-%')))
}
