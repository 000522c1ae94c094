import { and, eq } from 'drizzle-orm'
import { agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { readOffer } from './offered-tiers.ts'
import type { Offer } from './offered-tiers.ts'

export interface AgentOffer extends Offer {
  readonly slug: string
  readonly name: string
}

interface WhichOffer {
  readonly slug: string
  readonly userId: string | undefined
}

/** Undefined: there is no such agent to subscribe to. */
export async function readAgentOffer(
  deps: Pick<Deps, 'db'>,
  { slug, userId }: WhichOffer,
): Promise<AgentOffer | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return undefined
  const [agent] = await deps.db
    .select({ id: agents.id, slug: agents.slug, name: agents.name, comingSoon: agents.comingSoon })
    .from(agents)
    .where(and(eq(agents.slug, slug), eq(agents.status, 'published'), eq(agents.listing, 'agent')))
  if (agent === undefined) return undefined
  const offer = await readOffer(deps, { agentId: agent.id, userId })
  // Of what can't be used yet nothing can be taken; who has a tier of it already, sees that one.
  const tiers = offer.tiers.filter(({ isTheirs }) => !agent.comingSoon || isTheirs)
  return { slug: agent.slug, name: agent.name, ...offer, tiers, addons: agent.comingSoon ? [] : offer.addons }
}
