import type { Database } from '#src/db/client.ts'
import { readEntries } from './read-entries.ts'
import type { EarningsEntry } from './read-entries.ts'
import { readEarnings } from './read-statement.ts'
import type { Earnings } from './read-statement.ts'

const entriesShown = 100

export interface EarningsPage extends Earnings {
  readonly organization: string
  readonly entries: readonly EarningsEntry[]
  readonly nextCursor: string | null
}

interface Which {
  readonly id: string
  /** As it is shown: a slug, or the id of an organization that is gone. */
  readonly name: string
  readonly month?: string | undefined
  readonly cursor?: string | undefined
}

/** A month with the entries behind it. */
export async function readEarningsPage(db: Database, { id, name, month, cursor }: Which): Promise<EarningsPage> {
  const earnings = await readEarnings(db, { organizationRef: id, month })
  const { entries, nextCursor } = await readEntries(db, {
    organizationRef: id,
    month: earnings.month,
    order: 'newest',
    limit: entriesShown,
    cursor,
  })
  return { organization: name, ...earnings, entries, nextCursor: nextCursor ?? null }
}
