import type { Deps } from '#src/deps.ts'
import type { ReconcileDeps } from '../context.ts'
import { eventHandlers } from './handlers.ts'
import type { EventHandlers } from './handle-event.ts'
import { processEvent } from './process-event.ts'
import { openEventQueue, workOnEvents } from './queue.ts'
import type { Retries } from './queue.ts'

interface Work extends Retries {
  /** False: this process only takes events in. */
  readonly isWorker: boolean
  /** Others than billing's own. */
  readonly handlers?: EventHandlers
}

/** Opens the queue of Stripe's events, and works on it. Ends with the jobs of the process. */
export async function startStripeEvents(
  deps: ReconcileDeps & Pick<Deps, 'jobs'>,
  { handlers, isWorker, ...retries }: Work,
): Promise<void> {
  await openEventQueue(deps.jobs.boss, retries)
  const chosen = handlers ?? eventHandlers(deps)
  if (isWorker) await workOnEvents(deps.jobs.boss, (id) => processEvent(deps, { handlers: chosen, id }))
}
