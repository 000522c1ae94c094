import type { Database } from '#src/db/client.ts'
import { lapseExpiredHolds } from './reservations/lapse-expired-holds.ts'

/** Work on usage that is due by the clock. */
export const usageJobs = [
  {
    name: 'usage-lapse-holds',
    cron: '* * * * *',
    run: async ({ db }: { readonly db: Database }): Promise<void> => void (await lapseExpiredHolds({ db })),
  },
] as const
