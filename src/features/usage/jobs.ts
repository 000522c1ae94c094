import type { Deps } from '#src/deps.ts'
import { lapseExpiredHolds } from './reservations/lapse-expired-holds.ts'
import { rollUp } from './roll-ups/roll-up.ts'

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
] as const
