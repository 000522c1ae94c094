import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'

/** The business clock, which stands still within a transaction. */
export async function businessNow(tx: Transaction): Promise<Date> {
  const { rows } = await tx.execute<{ now: string }>(sql`SELECT to_json(rialto_now()) #>> '{}' AS now`)
  return new Date(rows[0]?.now ?? Number.NaN)
}

const dayMs = 86_400_000

/** How long an unpaid subscription goes on, in milliseconds. */
export const graceMsOf = ({ paymentGraceDays }: { readonly paymentGraceDays: number }): number =>
  paymentGraceDays * dayMs
