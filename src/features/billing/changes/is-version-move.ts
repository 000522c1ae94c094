import { and, eq } from 'drizzle-orm'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { Plan } from './own-plan.ts'

/** Whether what takes over next is a version of the same tier, which its publisher planned and nobody else. */
export async function isVersionMove(
  { db }: Pick<Deps, 'db'>,
  { row, tier }: Pick<Plan, 'row' | 'tier'>,
): Promise<boolean> {
  if (row.nextTierId === null) return false
  const { id, familyId } = agentPricingTiers
  return (await db.$count(agentPricingTiers, and(eq(id, row.nextTierId), eq(familyId, tier.familyId)))) > 0
}
