import { and, eq } from 'drizzle-orm'
import { agentWaitlist } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { getListedAgent } from '../agent.ts'

export interface OwnEntry {
  readonly slug: string
  readonly viewer: Pick<AccountViewer, 'email' | 'emailVerified'>
}

/** Doing it again changes nothing. An address that isn't proven to be theirs stays. Throws `not_found`. */
export async function leaveWaitlist({ db }: Pick<Deps, 'db'>, { slug, viewer }: OwnEntry): Promise<void> {
  const { id } = await getListedAgent(db, slug)
  if (!viewer.emailVerified) return
  await db.delete(agentWaitlist).where(and(eq(agentWaitlist.agentId, id), eq(agentWaitlist.email, viewer.email)))
}
