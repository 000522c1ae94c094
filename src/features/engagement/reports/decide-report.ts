import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agents, reports, user } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { removalDecided } from '#src/integrations/mail/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { takeDownEntry } from './take-down-entry.ts'

export type Verdict = 'uphold' | 'dismiss'

export interface DecideReport {
  readonly reportId: string
  readonly operatorId: string
  readonly verdict: Verdict
  readonly reason: string
  /** Of an upheld report about an entry that nobody has claimed: it goes. An upheld removal takes it down anyway. */
  readonly takesDown: boolean
}

type Row = typeof reports.$inferSelect
type DecideDeps = Pick<Deps, 'db' | 'mail' | 'baseUrl'>

/**
 * An operator's last word on a report about an agent. Upholding a removal archives the entry, and decides everybody's removal and
 * every open claim of it. Throws `not_found`; `conflict` for one that is decided or is about a review, and for taking down what somebody has claimed.
 */
export async function decideReport(deps: DecideDeps, decide: DecideReport): Promise<void> {
  const { reportId, verdict } = decide
  await deps.db.transaction(async (tx) => {
    const report = await lockReport(tx, reportId)
    const takesDown = verdict === 'uphold' && (report.kind === 'removal' || decide.takesDown)
    if (takesDown) await takeDownEntry(tx, { ...report, ...decide, deps })
    const decided = await writeDecision(tx, { report, decide })
    await recordAudit(tx, {
      userId: decide.operatorId,
      action: `report.${verdict}`,
      resource: 'report',
      resourceId: reportId,
      metadata: { agentId: report.agentId, kind: report.kind, reason: decide.reason, takesDown },
    })
    if (report.kind !== 'removal') return
    for (const { id } of decided) await tell(tx, { deps, id, decide })
  })
}

async function lockReport(tx: Transaction, id: string): Promise<Row> {
  const isThis = and(eq(reports.id, id), isNotNull(reports.confirmedAt))
  const [report] = await tx.select().from(reports).where(isThis).for('update')
  if (report === undefined) throw new AppError('not_found')
  if (report.kind === 'review') throw new AppError('conflict', { detail: 'Decide about the review.' })
  if (report.state !== 'open') throw new AppError('conflict', { detail: 'It is decided already.' })
  return report
}

interface Decided {
  readonly report: Row
  readonly decide: DecideReport
}

/** An entry that is gone answers everybody who asked for that; every other report is answered by itself. */
function writeDecision(tx: Transaction, { report, decide }: Decided) {
  const isOfAll = report.kind === 'removal' && decide.verdict === 'uphold'
  return tx
    .update(reports)
    .set({
      state: decide.verdict === 'uphold' ? 'upheld' : 'dismissed',
      decidedBy: decide.operatorId,
      decidedAt: sql`now()`,
      decision: decide.reason,
    })
    .where(
      isOfAll
        ? and(
            eq(reports.agentId, report.agentId),
            eq(reports.kind, 'removal'),
            eq(reports.state, 'open'),
            isNotNull(reports.confirmedAt),
          )
        : eq(reports.id, report.id),
    )
    .returning({ id: reports.id })
}

interface Tell {
  readonly deps: DecideDeps
  readonly id: string
  readonly decide: DecideReport
}

/** Whoever asked for the removal; nobody where their account has gone. */
async function tell(tx: Transaction, { deps, id, decide: { verdict, reason } }: Tell): Promise<void> {
  const [told] = await tx
    .select({
      email: sql<string | null>`coalesce(${reports.reporterEmail}, ${user.email})`,
      name: agents.name,
      slug: agents.slug,
    })
    .from(reports)
    .innerJoin(agents, eq(agents.id, reports.agentId))
    .leftJoin(user, eq(user.id, reports.reporterId))
    .where(eq(reports.id, id))
  if (told === undefined || told.email === null) return
  const mail = removalDecided({
    agent: told.name,
    isRemoved: verdict === 'uphold',
    reason,
    url: `${deps.baseUrl}/agents/${told.slug}`,
  })
  await deps.mail.enqueue({ ...mail, to: told.email, template: 'removal-decided' }, { tx })
}
