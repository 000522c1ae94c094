import { hostname } from 'node:os'
import { and, eq, isNull, notInArray, sql } from 'drizzle-orm'
import { demoRuns } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'

/** Runs that are kept, the latest ones. */
const runsMax = 100

export interface RecordedRun {
  /** Called on the way down. Never rejects: a database that is away stops nobody from stopping. */
  endInOrder(): Promise<void>
}

/**
 * Writes down that this demo runs, and of earlier runs on this machine which processes are gone without having said so, as after
 * `kill -9`. A process that took over a dead one's number hides that end; nothing else is mistaken for it. Demo mode only.
 */
export async function recordRun({ db, log }: Pick<Deps, 'db' | 'log'>): Promise<RecordedRun> {
  const host = hostname()
  const open = await db
    .select()
    .from(demoRuns)
    .where(and(eq(demoRuns.host, host), isNull(demoRuns.endedAt)))
    .limit(runsMax)
  for (const { id } of open.filter(isGone)) await endRun(db, { id, ending: 'without_a_word' })
  const [run] = await db.insert(demoRuns).values({ host, pid: process.pid }).returning({ id: demoRuns.id })
  if (run === undefined) throw new Error('The inserted run was not returned')
  const kept = db
    .select({ id: demoRuns.id })
    .from(demoRuns)
    .orderBy(sql`${demoRuns.startedAt} DESC`)
    .limit(runsMax)
  await db.delete(demoRuns).where(notInArray(demoRuns.id, kept))
  return {
    endInOrder: () =>
      endRun(db, { id: run.id, ending: 'in_order' }).catch((error: unknown) =>
        log.warn({ err: error }, 'the end of this run was not written down'),
      ),
  }
}

interface Ended {
  readonly id: string
  readonly ending: 'in_order' | 'without_a_word'
}

async function endRun(db: Deps['db'], { id, ending }: Ended): Promise<void> {
  await db
    .update(demoRuns)
    .set({ ending, endedAt: sql`now()` })
    .where(and(eq(demoRuns.id, id), isNull(demoRuns.endedAt)))
}

/** Numbers are used again, for this very process too: what began before it did is another one. */
function isGone({ pid, startedAt }: { readonly pid: number; readonly startedAt: Date }): boolean {
  if (pid === process.pid) return startedAt.getTime() < performance.timeOrigin
  try {
    // Sends nothing: it only asks whether there is such a process.
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
