import type { Deps } from '#src/deps.ts'
import { rollForward } from './roll-forward.ts'

/** Work on subscriptions that is due by the clock. */
export const subscriptionJobs = [
  {
    name: 'subscriptions-roll-forward',
    /** Every ten minutes: it is never needed, so its pace only decides how long a look-up takes the longer way. */
    cron: '*/10 * * * *',
    run: async (deps: Pick<Deps, 'db'>): Promise<void> => void (await rollForward(deps)),
  },
] as const
