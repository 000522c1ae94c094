import type { Pool } from 'pg'
import { recordAudit } from '#src/db/audit.ts'
import type { Caller } from '../../accounts/context.ts'
import { confirmPassword, isFresh } from '../confirm-identity.ts'
import type { IdentityRefusal } from '../confirm-identity.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'
import { personalTables } from './personal-data.ts'
import type { PersonalTable } from './personal-data.ts'

export type ExportResult =
  /** A JSON document in pieces. Nothing is read from the database before the reader asks for it. */
  { readonly kind: 'ready'; readonly json: AsyncIterable<string> } | IdentityRefusal

interface Export {
  readonly caller: Caller
  /** May be empty shortly after signing in. */
  readonly password: string
}

/** Rows held in memory at once. */
const batchRows = 500

/**
 * Everything the database holds about the person, table by table. Read in batches, each with a connection of its own, so that
 * a slow download keeps nobody else from the database; what changes meanwhile may be in it or not.
 */
export async function exportData(context: PeopleContext, { caller, password }: Export): Promise<ExportResult> {
  const { auth, db } = context
  const person = await getPerson(context, caller)
  const refusal = isFresh(person) ? undefined : await confirmPassword(context, { person, password })
  if (refusal !== undefined) return refusal
  const retryAfterSeconds = await auth.limits.take({ 'export:account': [person.id] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  await db.transaction((tx) =>
    recordAudit(tx, { userId: person.id, action: 'person.export', resource: 'person', resourceId: person.id }),
  )
  return { kind: 'ready', json: document(db.$client, person) }
}

async function* document(pool: Pool, person: Person): AsyncIterable<string> {
  yield `{"exportedAt":${JSON.stringify(new Date().toISOString())},"tables":{`
  for (const [place, part] of personalTables.entries()) {
    yield `${place === 0 ? '' : ','}\n${JSON.stringify(part.table)}:[`
    let count = 0
    for await (const row of rowsOf(pool, { part, person })) {
      yield `${count === 0 ? '\n' : ',\n'}${row}`
      count += 1
    }
    yield ']'
  }
  yield '}}\n'
}

interface Reading {
  readonly part: PersonalTable
  readonly person: Person
}

async function* rowsOf(pool: Pool, { part, person }: Reading): AsyncIterable<string> {
  const key = part.key ?? 'id'
  const type = key === 'seq' ? 'bigint' : 'text'
  // Names are our own, from personal-data.ts; what varies is a parameter.
  const text = `
    SELECT (to_jsonb(t) - $3::text[])::text AS row, t.${key}::text AS key
      FROM ${part.from ?? `"${part.table}"`} t, (SELECT $1::text AS id, $2::text AS email) me
     WHERE (${part.where}) AND ($4::${type} IS NULL OR t.${key}::${type} > $4::${type})
     ORDER BY t.${key}::${type}
     LIMIT ${batchRows}`
  let after: string | null = null
  for (;;) {
    const values: unknown[] = [person.id, person.emailVerified ? person.email : null, part.without ?? [], after]
    const { rows }: { rows: { row: string; key: string }[] } = await pool.query(text, values)
    for (const { row } of rows) yield row
    after = rows.at(-1)?.key ?? null
    if (rows.length < batchRows) return
  }
}
