import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import type { billingEntryKinds } from '#src/db/schema/index.ts'
import { entriesWithFee, exactly, inMonth } from './figures.ts'

export interface EarningsEntry {
  readonly id: string
  readonly kind: (typeof billingEntryKinds)[number]
  /** ISO 8601, by the business clock. */
  readonly occurredAt: string
  readonly currency: string
  /** Negative where money leaves. */
  readonly amountMinor: number
  /** The marketplace's share; negative where it is given back. */
  readonly feeMinor: number
  /** What the organization gets or gives of it. 0 for what the marketplace pays out: that was the organization's before. */
  readonly owedMinor: number
  /** Null: none, or the agent is gone. */
  readonly agent: { readonly slug: string; readonly name: string } | null
  readonly subscriptionId: string | null
  /** As it stands on the buyer's invoice. */
  readonly invoiceNumber: string | null
  /** Stripe's own id of the movement, or what an operator noted. */
  readonly reference: string | null
  /** A sale to the publisher's own people: in no figure. */
  readonly isTest: boolean
}

interface Which {
  readonly organizationRef: string
  readonly month: string
  readonly limit: number
  readonly order: 'newest' | 'oldest'
  /** The `nextCursor` of the page before. */
  readonly cursor: string | undefined
}

interface Page {
  readonly entries: readonly EarningsEntry[]
  readonly nextCursor: string | undefined
}

type Row = Omit<EarningsEntry, 'amountMinor' | 'feeMinor' | 'owedMinor' | 'agent'> & {
  readonly place: string
  readonly amount: string
  readonly fee: string
  readonly agentSlug: string | null
  readonly agentName: string
}

/** The movements of a month by their dates; of one moment, by the order in which they were written down. */
export async function readEntries(
  db: Database,
  { organizationRef, month, limit, order, cursor }: Which,
): Promise<Page> {
  const from = cursor === undefined ? sql`true` : beyond(cursor, order)
  const direction = order === 'newest' ? sql`DESC` : sql`ASC`
  const { rows } = await db.execute<Row>(sql`
    SELECT (extract(epoch FROM entry.occurred_at) * 1000000)::bigint || '.' || entry.seq AS place, entry.id, entry.kind, entry.currency, entry.amount, entry.fee, entry.is_test AS "isTest",
      to_char(entry.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt",
      entry.subscription_ref AS "subscriptionId", entry.metadata->>'number' AS "invoiceNumber",
      coalesce(entry.stripe_object_id, entry.metadata->>'reference') AS reference,
      agent.slug AS "agentSlug", agent.name AS "agentName"
    FROM ${entriesWithFee(organizationRef, sql`${inMonth(month)} AND ${from}`)} AS entry
      LEFT JOIN agents AS agent ON agent.id = entry.agent_ref
    ORDER BY entry.occurred_at ${direction}, entry.seq ${direction} LIMIT ${limit + 1}`)
  const shown = rows.slice(0, limit)
  return {
    entries: shown.map(toEntry),
    nextCursor: rows.length > limit ? shown.at(-1)?.place : undefined,
  }
}

/** What comes after a place: microseconds since 1970, which a date of ours can't hold, and the number of the entry. */
function beyond(cursor: string, order: Which['order']): SQL {
  const [micros = '', seq = ''] = cursor.split('.')
  const place = sql`(timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${seq}::bigint)`
  return order === 'newest'
    ? sql`(entry.occurred_at, entry.seq) < ${place}`
    : sql`(entry.occurred_at, entry.seq) > ${place}`
}

function toEntry(row: Row): EarningsEntry {
  const { place: _, amount, fee, agentSlug, agentName, ...rest } = row
  const [amountMinor, feeMinor] = [exactly(amount), exactly(fee)]
  const owed = { payout: 0, fee: -feeMinor } as const
  return {
    ...rest,
    amountMinor,
    feeMinor,
    owedMinor: rest.kind === 'payout' || rest.kind === 'fee' ? owed[rest.kind] : amountMinor - feeMinor,
    agent: agentSlug === null ? null : { slug: agentSlug, name: agentName },
  }
}
