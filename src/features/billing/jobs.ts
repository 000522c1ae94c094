import type { Deps } from '#src/deps.ts'
import { finishAddons } from './addons/finish-addons.ts'
import { finishChanges } from './changes/open-changes.ts'
import { moveVersions } from './changes/version-moves.ts'
import type { ReconcileDeps } from './context.ts'
import { ingestMissedEvents } from './events/ingest-missed-events.ts'
import { reduceOldEvents } from './events/reduce-events.ts'
import { sweep } from './reconcile/sweep.ts'
import { finishRefunds } from './refunds/finish-refunds.ts'

/** Work on payments that is due by the clock. */
export const billingJobs = [
  {
    name: 'billing-sweep',
    /** Hourly: webhooks come within seconds, and this is for those that never do. */
    cron: '13 * * * *',
    run: async (deps: ReconcileDeps & Pick<Deps, 'jobs'>): Promise<void> => {
      // Whatever keeps the events from being listed, such as a key that may not, the sweep goes without them.
      await ingestMissedEvents(deps).finally(() => sweep(deps))
    },
  },
  {
    name: 'billing-open-intents',
    /** What was cut off, or paid on a page of Stripe's that nobody came back from. */
    cron: '*/10 * * * *',
    run: async (deps: ReconcileDeps): Promise<void> => {
      await finishChanges(deps)
      await finishAddons(deps)
      await finishRefunds(deps)
    },
  },
  {
    name: 'billing-version-moves',
    /** Hourly: a version takes over at the end of a period, which is known weeks before. */
    cron: '43 * * * *',
    run: async (deps: ReconcileDeps): Promise<void> => void (await moveVersions(deps)),
  },
  {
    name: 'stripe-events-reduce',
    /** At night in most of Europe and America. */
    cron: '52 3 * * *',
    run: async ({ db }: Pick<Deps, 'db'>): Promise<void> => void (await reduceOldEvents({ db })),
  },
] as const
