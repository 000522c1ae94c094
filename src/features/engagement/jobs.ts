import type { Deps } from '#src/deps.ts'
import { forgetUnconfirmedReports } from './reports/confirm-report.ts'
import { queueInteractionMails } from './interactions/queue-mails.ts'
import { interactionMailsJob } from './interactions/record-interaction.ts'
import { settleInteractionMails } from './interactions/settle-mails.ts'
import { forgetUnconfirmed, tellWaitlists } from './waitlist/tell-waitlists.ts'
import { askRecipients } from './recipients/ask-recipients.ts'

/** What is due by the clock. */
export const engagementJobs = [
  {
    name: interactionMailsJob,
    cron: '* * * * *',
    run: async (deps: Deps): Promise<void> => {
      await settleInteractionMails(deps)
      await askRecipients(deps)
      await queueInteractionMails(deps)
    },
  },
  {
    name: 'engagement-waitlists',
    cron: '*/5 * * * *',
    run: async (deps: Deps): Promise<void> => {
      await forgetUnconfirmed(deps)
      await forgetUnconfirmedReports(deps)
      await tellWaitlists(deps)
    },
  },
] as const
