import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { jobPositions } from '#src/db/schema/index.ts'
import type { Json } from '#src/db/schema/business.ts'

/**
 * Where this job has come to, held until the transaction ends; an empty object at first. Undefined: another process is at it,
 * and nobody waits for it.
 */
export async function holdPosition(tx: Transaction, job: string): Promise<Json | undefined> {
  await tx.insert(jobPositions).values({ job }).onConflictDoNothing()
  const [row] = await tx
    .select({ position: jobPositions.position })
    .from(jobPositions)
    .where(eq(jobPositions.job, job))
    .for('no key update', { skipLocked: true })
  return row?.position
}

export async function savePosition(tx: Transaction, { job, position }: { job: string; position: Json }): Promise<void> {
  await tx.update(jobPositions).set({ position }).where(eq(jobPositions.job, job))
}
