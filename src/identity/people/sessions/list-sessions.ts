import { and, desc, eq, gt } from 'drizzle-orm'
import { session } from '#src/db/schema/index.ts'
import type { Caller } from '../../accounts/context.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext } from '../context.ts'
import { deviceOf } from './device.ts'
import type { Device } from './device.ts'

export interface OwnSession {
  readonly id: string
  readonly device: Device
  /** Where it was signed in from. */
  readonly address: string | undefined
  /** ISO 8601. */
  readonly signedInAt: string
  /** ISO 8601, exact to a quarter of an hour. */
  readonly lastSeenAt: string
  readonly isThisOne: boolean
}

const shownMax = 100

/** Where somebody is signed in: this device first, then the last used ones. */
export async function listSessions(context: PeopleContext, caller: Caller): Promise<readonly OwnSession[]> {
  const person = await getPerson(context, caller)
  const rows = await context.db
    .select()
    .from(session)
    .where(and(eq(session.userId, person.id), gt(session.expiresAt, new Date())))
    .orderBy(desc(session.updatedAt), session.id)
    .limit(shownMax)
  const sessions = rows.map((row) => ({
    id: row.id,
    device: deviceOf(row.userAgent),
    address: row.ipAddress ?? undefined,
    signedInAt: row.createdAt.toISOString(),
    lastSeenAt: row.updatedAt.toISOString(),
    isThisOne: row.id === person.session.id,
  }))
  return sessions.toSorted((a, b) => Number(b.isThisOne) - Number(a.isThisOne))
}
