import { and, eq } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agents } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { AccountViewer } from '../accounts/viewer.ts'
import { requirePublisherOf } from './people.ts'
import type { MemberRole } from './people.ts'

/** Somebody who acts for an agent's publisher. */
export interface AgentPublisher {
  readonly userId: string
  readonly organizationId: string
  readonly agentId: string
}

interface Asked {
  readonly viewer: AccountViewer | undefined
  /** The agent's. */
  readonly slug: string
  readonly roles?: readonly MemberRole[]
}

/**
 * A member of the organization that owns this agent. Throws `unauthenticated`, `forbidden` for another role, and `not_found`
 * alike for strangers and for an agent that doesn't exist or belongs to nobody: drafts are nobody else's business.
 */
export async function requireAgentPublisher(db: Database, { viewer, slug, roles }: Asked): Promise<AgentPublisher> {
  const [agent] = await db
    .select({ id: agents.id, organizationId: agents.organizationId })
    .from(agents)
    .where(and(eq(agents.slug, slug), eq(agents.listing, 'agent')))
  if (agent === undefined || agent.organizationId === null) throw new AppError('not_found')
  const { organizationId } = agent
  const { person } = await requirePublisherOf(db, { viewer, organizationId, ...(roles !== undefined && { roles }) })
  return { userId: person.id, organizationId, agentId: agent.id }
}
