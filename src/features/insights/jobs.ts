import type { Deps } from '#src/deps.ts'
import { checkAgents, checkMinutes } from './check-agents.ts'
import { recordLimitsHit } from './record-limits-hit.ts'
import { sumUpDays } from './sum-up-days.ts'

/** Looking at agents, by the clock. */
export const insightJobs = [
  {
    name: 'insights-checks',
    cron: `*/${checkMinutes} * * * *`,
    run: (deps: Pick<Deps, 'db' | 'outbound'>): Promise<void> => checkAgents(deps),
  },
  {
    name: 'insights-days',
    cron: '8 * * * *',
    run: ({ db }: Pick<Deps, 'db'>): Promise<void> => sumUpDays(db),
  },
  {
    name: 'insights-limits-hit',
    cron: '*/5 * * * *',
    run: (deps: Pick<Deps, 'db' | 'jobs'>): Promise<void> => recordLimitsHit(deps),
  },
] as const
