// Everything that is due by the clock, from every feature. One process works on a job at a time, whoever scheduled it.
import type { Deps } from '#src/deps.ts'
import { catalogJobs } from '#src/features/catalog/index.ts'
import { identityJobs } from '#src/identity/index.ts'

const scheduledJobs = [...catalogJobs, ...identityJobs]

export async function startScheduledJobs(deps: Deps): Promise<void> {
  for (const { name, cron, run } of scheduledJobs) await deps.jobs.schedule({ name, cron, run: () => run(deps) })
}
