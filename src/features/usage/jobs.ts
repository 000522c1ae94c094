import type { Deps } from '#src/deps.ts'
import { noticesJob } from '#src/metering/index.ts'
import { sendNotices } from './notices/send-notices.ts'
import { lapseExpiredHolds } from './reservations/lapse-expired-holds.ts'
import { reconcileDue } from './reconcile/reconcile.ts'
import { rollUp } from './roll-ups/roll-up.ts'
import { sweepUsage } from './sweep.ts'

/** Work on usage that is due by the clock. */
export const usageJobs = [
  {
    name: 'usage-lapse-holds',
    cron: '* * * * *',
    run: async ({ db }: Pick<Deps, 'db'>): Promise<void> => void (await lapseExpiredHolds({ db })),
  },
  {
    name: 'usage-roll-up',
    /** An entry is in its agent's figures after two or three minutes. */
    cron: '* * * * *',
    run: ({ db }: Pick<Deps, 'db'>): Promise<void> => rollUp({ db }),
  },
  {
    name: noticesJob,
    /** Woken by whoever reaches a threshold; the clock comes back to what failed or was cut off. */
    cron: '* * * * *',
    run: (deps: Pick<Deps, 'auth' | 'baseUrl' | 'db' | 'mail' | 'liftLinks' | 'log'>): Promise<void> =>
      sendNotices(deps),
  },
  {
    name: 'usage-reconcile',
    /** Hourly: it works once a day, and goes on with what one run has no time for. */
    cron: '23 * * * *',
    run: ({ db, log }: Pick<Deps, 'db' | 'log'>): Promise<void> => reconcileDue({ db, log }),
  },
  {
    name: 'usage-sweep',
    /** At night in most of Europe and America. */
    cron: '41 3 * * *',
    run: async ({ db }: Pick<Deps, 'db'>): Promise<void> => void (await sweepUsage({ db })),
  },
] as const
