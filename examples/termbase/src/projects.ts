// A project counts from the moment it is kept until it is deleted: Rialto's gauge and this agent's store say the same,
// also when the process dies between the two. Each is told under an id made of the project's, so telling again is harmless.
import type { Decision, Rialto } from '@rialto/sdk'
import type { Project, Store } from './store.ts'

interface Parts {
  readonly rialto: Pick<Rialto, 'consume'>
  readonly store: Store
}

const tell = ({ rialto }: Parts, { id, userId }: Project, change: 'open' | 'close'): Promise<Decision> =>
  rialto.consume({ userId, metric: 'projects', delta: change === 'open' ? 1 : -1, key: `${change}:${id}` })

/** Keeps the project if the person may keep one more; the answer says so. */
export async function openProject(parts: Parts, project: Project): Promise<Decision> {
  const decision = await tell(parts, project, 'open')
  if (decision.allowed) parts.store.open(project.id)
  else parts.store.remove(project.id)
  return decision
}

/** Deletes the project with everything in it, and gives its place back. */
export async function closeProject(parts: Parts, project: Project): Promise<void> {
  parts.store.beginToClose(project.id)
  const decision = await tell(parts, project, 'close')
  // Without a subscription there is no level to lower.
  if (!decision.allowed && decision.reason !== 'no_subscription') throw new Error(`not lowered: ${decision.reason}`)
  parts.store.close(project.id)
}

/** Ends what a crash left half-way. Throws when Rialto can't be asked; call it again then. */
export async function settleProjects(parts: Parts): Promise<void> {
  for (const project of parts.store.unsettled()) {
    if (project.state === 'opening') await openProject(parts, project)
    else await closeProject(parts, project)
  }
}
