import { scheduleMoves } from './versions/schedule-moves.ts'
import type { MoveDeps } from './versions/schedule-moves.ts'

/** Work on prices that is due by the clock. */
export const pricingJobs = [
  {
    name: 'pricing-schedule-versions',
    /** Hourly: the notice counts from when somebody is told, so being told an hour later costs nobody anything. */
    cron: '37 * * * *',
    run: async (deps: MoveDeps): Promise<void> => void (await scheduleMoves(deps)),
  },
] as const
