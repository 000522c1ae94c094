import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { entriesWithFee, exactly, inMonth, monthsShownMax } from './figures.ts'

/** What came and went of one organization in one month and currency, in minor units. */
export interface Statement {
  readonly currency: string
  /** What people paid. */
  readonly grossMinor: number
  /** What was given back to them; not negative. */
  readonly refundsMinor: number
  /** What their banks took back, less what they brought again. */
  readonly disputesMinor: number
  /** Corrections, either way. */
  readonly adjustmentsMinor: number
  /** The marketplace's share. */
  readonly feeMinor: number
  /** gross − refunds − disputes + adjustments − fee. Negative in a month with more going back than coming. */
  readonly owedMinor: number
  /** What was paid out in this month, for whatever month. */
  readonly paidMinor: number
  readonly entries: number
}

export interface Balance {
  readonly currency: string
  /** All that was ever owed, less all that was ever paid out. */
  readonly balanceMinor: number
}

export interface Earnings {
  readonly month: string
  readonly statements: readonly Statement[]
  /** Sales to the publisher's own people in this month: they are in no figure. */
  readonly testEntries: number
  readonly balances: readonly Balance[]
  /** Those of the last 24 that have entries, and the present one; newest first. */
  readonly months: readonly string[]
}

interface Which {
  readonly organizationRef: string
  /** Such as 2026-11, in UTC by the business clock. Undefined: the present one. */
  readonly month: string | undefined
}

export async function readEarnings(db: Database, { organizationRef, month: asked }: Which): Promise<Earnings> {
  const months = await readMonths(db, organizationRef)
  const month = asked ?? months[0] ?? ''
  const { statements, testEntries } = await readStatements(db, { organizationRef, month })
  return { month, statements, testEntries, balances: await readBalances(db, organizationRef), months }
}

async function readMonths(db: Database, organizationRef: string): Promise<readonly string[]> {
  const { rows } = await db.execute<{ month: string }>(sql`
    WITH present AS (SELECT date_trunc('month', rialto_now() AT TIME ZONE 'UTC') AS first)
    SELECT to_char(first - make_interval(months => back), 'YYYY-MM') AS month
    FROM present, generate_series(0, ${monthsShownMax - 1}) AS back
    WHERE back = 0 OR EXISTS (
      SELECT FROM billing_entries WHERE organization_ref = ${organizationRef}
        AND occurred_at >= (first - make_interval(months => back)) AT TIME ZONE 'UTC'
        AND occurred_at < (first - make_interval(months => back - 1)) AT TIME ZONE 'UTC')
    ORDER BY back`)
  return rows.map(({ month }) => month)
}

type Sums = Readonly<Record<'gross' | 'refunds' | 'disputes' | 'adjustments' | 'fee' | 'paid', string>> & {
  readonly currency: string
  readonly entries: number
  readonly testEntries: number
}

async function readStatements(
  db: Database,
  { organizationRef, month }: { readonly organizationRef: string; readonly month: string },
): Promise<Pick<Earnings, 'statements' | 'testEntries'>> {
  const { rows } = await db.execute<Sums>(sql`
    SELECT currency,
      coalesce(sum(amount) FILTER (WHERE kind = 'charge' AND NOT is_test), 0) AS gross,
      coalesce(-sum(amount) FILTER (WHERE kind = 'refund' AND NOT is_test), 0) AS refunds,
      coalesce(-sum(amount) FILTER (WHERE kind IN ('dispute', 'dispute_reversal') AND NOT is_test), 0) AS disputes,
      coalesce(sum(amount) FILTER (WHERE kind = 'adjustment' AND NOT is_test), 0) AS adjustments,
      coalesce(sum(fee) FILTER (WHERE NOT is_test), 0) AS fee,
      coalesce(-sum(amount) FILTER (WHERE kind = 'payout' AND NOT is_test), 0) AS paid,
      (count(*) FILTER (WHERE NOT is_test))::int AS entries, (count(*) FILTER (WHERE is_test))::int AS "testEntries"
    FROM ${entriesWithFee(organizationRef, inMonth(month))} AS entry GROUP BY currency ORDER BY currency`)
  return {
    statements: rows.filter(({ entries }) => entries > 0).map(toStatement),
    testEntries: rows.reduce((sum, { testEntries }) => sum + testEntries, 0),
  }
}

function toStatement(sums: Sums): Statement {
  const figures = {
    grossMinor: exactly(sums.gross),
    refundsMinor: exactly(sums.refunds),
    disputesMinor: exactly(sums.disputes),
    adjustmentsMinor: exactly(sums.adjustments),
    feeMinor: exactly(sums.fee),
  }
  const { grossMinor, refundsMinor, disputesMinor, adjustmentsMinor, feeMinor } = figures
  return {
    currency: sums.currency,
    ...figures,
    owedMinor: grossMinor - refundsMinor - disputesMinor + adjustmentsMinor - feeMinor,
    paidMinor: exactly(sums.paid),
    entries: sums.entries,
  }
}

/** What the marketplace owes an organization now, in each currency it ever had money in. */
export async function readBalances(db: Database | Transaction, organizationRef: string): Promise<readonly Balance[]> {
  const { rows } = await db.execute<{ currency: string; balance: string }>(sql`
    SELECT currency, coalesce(sum(amount) FILTER (WHERE kind <> 'fee'), 0) - sum(fee) AS balance
    FROM ${entriesWithFee(organizationRef, sql`NOT entry.is_test`)} AS entry GROUP BY currency ORDER BY currency`)
  return rows.map(({ currency, balance }) => ({ currency, balanceMinor: exactly(balance) }))
}
