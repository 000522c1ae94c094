import { and, eq, ne } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { session } from '#src/db/schema/index.ts'
import { authHeaders } from '../../accounts/context.ts'
import type { Caller } from '../../accounts/context.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'

interface EndSession {
  readonly caller: Caller
  readonly sessionId: string
}

// Both end sessions by better-auth's endpoints, never by its adapter: only there the agents of a session are told that it ended.

/** Signs one of the person's own devices out; the next thing it asks for is refused. One that is gone is no error. */
export async function endSession(context: PeopleContext, { caller, sessionId }: EndSession): Promise<void> {
  const { auth, db } = context
  const person = await getPerson(context, caller)
  const [found] = await db
    .select({ token: session.token })
    .from(session)
    .where(and(eq(session.userId, person.id), eq(session.id, sessionId)))
  if (found === undefined) return
  await auth.server.api.revokeSession({ body: { token: found.token }, headers: authHeaders(caller) })
  await audit(context, { person, sessions: 1 })
}

/** Signs every other device out. Returns how many there were. */
export async function endOtherSessions(context: PeopleContext, caller: Caller): Promise<number> {
  const { auth, db } = context
  const person = await getPerson(context, caller)
  const sessions = await db.$count(session, and(eq(session.userId, person.id), ne(session.id, person.session.id)))
  if (sessions === 0) return 0
  await auth.server.api.revokeOtherSessions({ headers: authHeaders(caller) })
  await audit(context, { person, sessions })
  return sessions
}

interface Ended {
  readonly person: Person
  readonly sessions: number
}

const audit = ({ db }: PeopleContext, { person, sessions }: Ended): Promise<void> =>
  db.transaction((tx) =>
    recordAudit(tx, {
      userId: person.id,
      action: 'person.end_sessions',
      resource: 'person',
      resourceId: person.id,
      metadata: { sessions },
    }),
  )
