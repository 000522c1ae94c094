// Everything that is due by the clock, from every feature. One process works on a job at a time, whoever scheduled it.
import type { Deps } from '#src/deps.ts'
import { billingJobs, priceJobs, settleBeforeDeletion } from '#src/features/billing/index.ts'
import { catalogJobs } from '#src/features/catalog/index.ts'
import { engagementJobs } from '#src/features/engagement/index.ts'
import { insightJobs } from '#src/features/insights/index.ts'
import { pricingJobs } from '#src/features/pricing/index.ts'
import { subscriptionJobs } from '#src/features/subscriptions/index.ts'
import { usageJobs, watchDrift } from '#src/features/usage/index.ts'
import { deletionJob, identityJobs } from '#src/identity/index.ts'
import type { BeforeDataGoes } from '#src/identity/index.ts'

/** What features settle elsewhere before an account's data goes, in this order; see identity/people/deletion/work-off.ts. */
const beforeDataGoes: readonly BeforeDataGoes<Deps>[] = [settleBeforeDeletion]

const scheduledJobs = [
  ...catalogJobs,
  ...engagementJobs,
  ...insightJobs,
  ...pricingJobs,
  ...priceJobs,
  ...billingJobs,
  ...subscriptionJobs,
  ...usageJobs,
  ...identityJobs,
  deletionJob(beforeDataGoes),
]

export async function startScheduledJobs(deps: Deps): Promise<void> {
  watchDrift(deps)
  for (const { name, cron, run } of scheduledJobs) await deps.jobs.schedule({ name, cron, run: () => run(deps) })
}
