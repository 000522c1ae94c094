import { and, eq, ne } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { session } from '#src/db/schema/index.ts'
import type { Caller } from '../../accounts/context.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'

interface EndSession {
  readonly caller: Caller
  readonly sessionId: string
}

/** Signs one of the person's own devices out; the next thing it asks for is refused. One that is gone is no error. */
export async function endSession(context: PeopleContext, { caller, sessionId }: EndSession): Promise<void> {
  const person = await getPerson(context, caller)
  const rows = await context.db
    .select({ token: session.token })
    .from(session)
    .where(and(eq(session.userId, person.id), eq(session.id, sessionId)))
  await end(context, { person, tokens: rows.map(({ token }) => token) })
}

/** Signs every other device out. Returns how many there were. */
export async function endOtherSessions(context: PeopleContext, caller: Caller): Promise<number> {
  const person = await getPerson(context, caller)
  const rows = await context.db
    .select({ token: session.token })
    .from(session)
    .where(and(eq(session.userId, person.id), ne(session.id, person.session.id)))
  await end(context, { person, tokens: rows.map(({ token }) => token) })
  return rows.length
}

interface Ending {
  readonly person: Person
  readonly tokens: readonly string[]
}

async function end({ auth, db }: PeopleContext, { person, tokens }: Ending): Promise<void> {
  if (tokens.length === 0) return
  const { internalAdapter } = await auth.server.$context
  // Through better-auth, so that what hangs on the end of a session (signing out at agents) happens.
  await internalAdapter.deleteSessions([...tokens])
  await db.transaction((tx) =>
    recordAudit(tx, {
      userId: person.id,
      action: 'person.end_sessions',
      resource: 'person',
      resourceId: person.id,
      metadata: { sessions: tokens.length },
    }),
  )
}
