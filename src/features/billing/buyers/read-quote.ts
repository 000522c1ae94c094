import { eq } from 'drizzle-orm'
import { agentPricingTiers, agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { stepFrom } from '#src/features/usage/index.ts'
import { businessNow } from '../clock.ts'
import { hadTrial } from '../trials/trial-memory.ts'

/** When what is charged, for somebody who begins a tier now. Times are RFC 3339, by the business clock. */
export interface Quote {
  /** The person had one at this agent, whichever tier it was. */
  readonly isTrialUsed: boolean
  /** Null: there is no trial, or it is used. */
  readonly trialEndsAt: string | null
  /** The first charge after a trial; without one the second, after today's. */
  readonly nextChargeAt: string
}

interface Which {
  readonly userId: string
  readonly tierId: string
}

const dayMs = 86_400_000

/** Undefined: there is no such tier. */
export async function readQuote(
  deps: Pick<Deps, 'db' | 'subjectHash'>,
  { userId, tierId }: Which,
): Promise<Quote | undefined> {
  const [tier] = await deps.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, tierId))
  if (tier === undefined) return undefined
  const isTrialUsed = await hadTrial(deps.db, deps, { userId, agentId: tier.agentId })
  const now = await businessNow(deps.db)
  const trialEndsAt = tier.trialDays > 0 && !isTrialUsed ? new Date(+now + tier.trialDays * dayMs) : null
  const nextChargeAt = trialEndsAt ?? stepFrom({ anchor: now, interval: tier.billingInterval, steps: 1 })
  return {
    isTrialUsed,
    trialEndsAt: trialEndsAt?.toISOString() ?? null,
    nextChargeAt: nextChargeAt.toISOString(),
  }
}

/** Of this agent, whichever tier it was of. */
export async function isTrialUsed(
  deps: Pick<Deps, 'db' | 'subjectHash'>,
  { userId, agentSlug }: { readonly userId: string; readonly agentSlug: string },
): Promise<boolean> {
  const [agent] = await deps.db.select({ id: agents.id }).from(agents).where(eq(agents.slug, agentSlug))
  return agent !== undefined && hadTrial(deps.db, deps, { userId, agentId: agent.id })
}
