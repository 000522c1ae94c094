import { and, asc, desc, eq, gt, gte, isNull, lt, max, sql, sum } from 'drizzle-orm'
import {
  agentMetricDefinitions,
  demoRuns,
  subscriptionAddons,
  subscriptionUsage,
  usageDenialsHourly,
  usageLedger,
} from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { Trial } from './read-facts.ts'

type Db = Deps['db']

/** Lines of the ledger that the tour shows. */
const linesShown = 8

export interface LedgerLine {
  readonly id: string
  readonly at: Date
  readonly delta: number
  readonly usedAfter: number
  /** Null: unlimited. */
  readonly limitAt: number | null
  /** As the agent noted it: its request's id and the line of it. Null: it noted none. */
  readonly request: string | null
  readonly line: string | null
}

export interface Ledger {
  readonly unit: string
  /** Of the period of the newest line: the stored counter, and the lines that it is the sum of. */
  readonly used: number
  readonly sum: number
  readonly total: number
  /** Newest first. */
  readonly lines: readonly LedgerLine[]
}

const request = sql<string | null>`${usageLedger.metadata}->>'request'`
const lineOf = sql<string | null>`${usageLedger.metadata}->>'line'`

const inSubscription = ({ subscriptionId }: Trial) => eq(usageLedger.subscriptionId, subscriptionId)

/** The newest lines as they are committed, and the counter that they make. Undefined: nothing was used. */
export async function readLedger(db: Db, trial: Trial): Promise<Ledger | undefined> {
  const { id, createdAt, delta, usedAfter, limitAt, metricId, periodStart } = usageLedger
  const rows = await db
    .select({ id, at: createdAt, delta, usedAfter, limitAt, metricId, periodStart, request, line: lineOf })
    .from(usageLedger)
    .where(inSubscription(trial))
    .orderBy(desc(usageLedger.seq))
    .limit(linesShown)
  const [newest] = rows
  if (newest === undefined) return undefined
  const [metric] = await db
    .select({ unit: agentMetricDefinitions.unit })
    .from(agentMetricDefinitions)
    .where(eq(agentMetricDefinitions.id, newest.metricId))
  const total = await db.$count(usageLedger, inSubscription(trial))
  const counted = await readCounter(db, { trial, periodStart: newest.periodStart })
  return { unit: metric?.unit ?? '', total, ...counted, lines: rows }
}

interface Counter {
  readonly used: number
  readonly sum: number
}

interface OfPeriod {
  readonly trial: Trial
  readonly periodStart: Date | null
}

/** Both in one statement, so that a line that is committed meanwhile is in neither or in both. */
async function readCounter(db: Db, { trial, periodStart }: OfPeriod): Promise<Counter> {
  if (periodStart === null) return { used: 0, sum: 0 }
  const ofPeriod = and(
    eq(subscriptionUsage.subscriptionId, trial.subscriptionId),
    eq(subscriptionUsage.periodStart, periodStart),
  )
  const inPeriod = and(inSubscription(trial), eq(usageLedger.periodStart, periodStart))
  const [found] = await db
    .select({
      used: subscriptionUsage.used,
      sum: sql<string | null>`(SELECT sum(${usageLedger.delta}) FROM ${usageLedger} WHERE ${inPeriod})`,
    })
    .from(subscriptionUsage)
    .where(ofPeriod)
  return { used: found?.used ?? 0, sum: Number(found?.sum ?? 0) }
}

export interface Stop {
  readonly at: Date
  readonly limit: number
  /** Refusals that were written down so far: they come some seconds after. */
  readonly denials: number
  /** The hour of the last one, by the business clock. */
  readonly deniedIn: Date | undefined
}

/** The first line that took the last unit. */
export async function findStop(db: Db, trial: Trial): Promise<Stop | undefined> {
  const { createdAt, usedAfter, limitAt, delta } = usageLedger
  const [full] = await db
    .select({ at: createdAt, limit: limitAt })
    .from(usageLedger)
    .where(and(inSubscription(trial), gt(delta, 0), gt(limitAt, 0), gte(usedAfter, limitAt)))
    .orderBy(asc(usageLedger.seq))
    .limit(1)
  if (full === undefined || full.limit === null) return undefined
  const [denied] = await db
    .select({ denials: sum(usageDenialsHourly.denials), hour: max(usageDenialsHourly.hour) })
    .from(usageDenialsHourly)
    .where(eq(usageDenialsHourly.subscriptionId, trial.subscriptionId))
  return {
    at: full.at,
    limit: full.limit,
    denials: Number(denied?.denials ?? 0),
    deniedIn: denied?.hour ?? undefined,
  }
}

export interface SameRequest {
  readonly request: string
  readonly at: Date
  /** Lines that were committed before the add-on, and after it. */
  readonly before: number
  readonly after: number
}

/** A request that was stopped, and went on after an add-on where it had stopped: each line of it counted once. */
export async function findSameRequest(db: Db, trial: Trial): Promise<SameRequest | undefined> {
  const { createdAt } = usageLedger
  const isAfter = gt(createdAt, subscriptionAddons.createdAt)
  const [found] = await db
    .select({
      request,
      at: max(createdAt),
      before: sql<string>`count(*) FILTER (WHERE NOT (${isAfter}))`,
      after: sql<string>`count(*) FILTER (WHERE ${isAfter})`,
    })
    .from(usageLedger)
    .innerJoin(subscriptionAddons, eq(subscriptionAddons.subscriptionId, usageLedger.subscriptionId))
    .where(
      and(
        inSubscription(trial),
        eq(subscriptionAddons.source, 'purchased'),
        eq(usageLedger.eventType, 'consume'),
        sql`${request} IS NOT NULL`,
      ),
    )
    .groupBy(subscriptionAddons.id, request)
    .having(sql`bool_or(${isAfter}) AND bool_or(NOT (${isAfter})) AND count(*) = count(DISTINCT ${lineOf})`)
    .limit(1)
  if (!found?.request || found.at === null) return undefined
  return { request: found.request, at: found.at, before: Number(found.before), after: Number(found.after) }
}

export interface Restart {
  readonly pid: number
  readonly startedAt: Date
  /** When the next start found it gone. */
  readonly foundAt: Date
  /** What its last committed line said, what was used since, and what the counter says now. */
  readonly lastUsed: number
  readonly usedSince: number
  readonly counter: number
}

/** The last process that ended without a word after something was used. */
export async function findRestart(db: Db, trial: Trial): Promise<Restart | undefined> {
  const [run] = await db
    .select()
    .from(demoRuns)
    .where(eq(demoRuns.ending, 'without_a_word'))
    .orderBy(desc(demoRuns.endedAt))
    .limit(1)
  if (run === undefined || run.endedAt === null) return undefined
  const { createdAt, usedAfter, periodStart, seq } = usageLedger
  const [last] = await db
    .select({ usedAfter, periodStart, seq })
    .from(usageLedger)
    .where(and(inSubscription(trial), lt(createdAt, run.endedAt)))
    .orderBy(desc(seq))
    .limit(1)
  if (last === undefined) return undefined
  const ofPeriod = last.periodStart === null ? isNull(periodStart) : eq(periodStart, last.periodStart)
  const [since] = await db
    .select({ units: sum(usageLedger.delta) })
    .from(usageLedger)
    .where(and(inSubscription(trial), gt(seq, last.seq), ofPeriod))
  const { used } = await readCounter(db, { trial, periodStart: last.periodStart })
  const { pid, startedAt, endedAt } = run
  return {
    pid,
    startedAt,
    foundAt: endedAt,
    lastUsed: last.usedAfter,
    usedSince: Number(since?.units ?? 0),
    counter: used,
  }
}
