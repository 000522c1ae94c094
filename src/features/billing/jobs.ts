import type { Deps } from '#src/deps.ts'
import type { ReconcileDeps } from './context.ts'
import { ingestMissedEvents } from './events/ingest-missed-events.ts'
import { reduceOldEvents } from './events/reduce-events.ts'
import { sweep } from './reconcile/sweep.ts'

/** Work on payments that is due by the clock. */
export const billingJobs = [
  {
    name: 'billing-sweep',
    /** Hourly: webhooks come within seconds, and this is for those that never do. */
    cron: '13 * * * *',
    run: async (deps: ReconcileDeps & Pick<Deps, 'jobs'>): Promise<void> => {
      await ingestMissedEvents(deps)
      await sweep(deps)
    },
  },
  {
    name: 'stripe-events-reduce',
    /** At night in most of Europe and America. */
    cron: '52 3 * * *',
    run: async ({ db }: Pick<Deps, 'db'>): Promise<void> => void (await reduceOldEvents({ db })),
  },
] as const
