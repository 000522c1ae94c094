import { and, eq, isNull, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { reports } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { recordInteraction } from '../interactions/record-interaction.ts'
import { linkDays } from '../links/mailbox-links.ts'

/** The mailbox says yes: operators see the report from now on. Nothing where that was done already. */
export async function confirmReport(tx: Transaction, id: string): Promise<void> {
  const [report] = await tx
    .update(reports)
    .set({ confirmedAt: sql`now()` })
    .where(and(eq(reports.id, id), isNull(reports.confirmedAt), eq(reports.state, 'open')))
    .returning()
  if (report !== undefined) await followReport(tx, { ...report, userEmail: report.reporterEmail ?? undefined })
}

interface Followed {
  readonly id: string
  readonly kind: string
  readonly agentId: string
  readonly reason: string
  readonly userId?: string
  readonly userEmail: string | undefined
}

/** What a report that operators see causes beside itself. */
export async function followReport(tx: Transaction, report: Followed): Promise<void> {
  const { id, kind, agentId, reason, userId, userEmail } = report
  const isRemoval = kind === 'removal'
  await recordAudit(tx, {
    userId,
    action: isRemoval ? 'agent.ask_removal' : 'agent.report',
    resource: 'agent',
    resourceId: agentId,
    metadata: { reportId: id, reason },
  })
  await recordInteraction(tx, {
    type: isRemoval ? 'removal_asked' : 'reported',
    userId,
    userEmail,
    agentId,
    metadata: { reason, reportId: id },
  })
}

/** Taken back before it was confirmed; what operators have seen stays. */
export const withdrawUnconfirmed = (tx: Transaction, id: string) =>
  tx.delete(reports).where(and(eq(reports.id, id), isNull(reports.confirmedAt)))

/** What nobody said yes to goes when its link has run out: the address may be anybody's. */
export async function forgetUnconfirmedReports({ db }: Pick<Deps, 'db'>): Promise<void> {
  await db.execute(sql`
    DELETE FROM reports WHERE confirmed_at IS NULL AND created_at < now() - ${linkDays} * interval '1 day'`)
}
