import { sql } from 'drizzle-orm'
import type { Reader, ReviewedAgent } from './agent.ts'
import { daysNeeded } from './rules/may-review.ts'
import type { Standing } from './rules/may-review.ts'

/** Whoever left or was removed stays one of the publisher's people: the trail remembers it, and can't be changed. */
const pastMembership = ['organization.leave', 'organization.remove_member']

/** As the database knows at this moment; a session may be a minute old. */
export async function readStanding(
  db: Reader,
  { agent, userId }: { readonly agent: Pick<ReviewedAgent, 'id' | 'organizationId'>; readonly userId: string },
): Promise<Standing> {
  const { rows } = await db.execute(sql`
    SELECT person.banned AS "isSuspended", person.email_verified AS "isEmailVerified",
      EXISTS (
        SELECT FROM organization_member WHERE organization_id = ${agent.organizationId} AND user_id = person.id
      ) OR EXISTS (
        SELECT FROM audit_logs WHERE resource = 'person' AND resource_id = person.id
          AND org_id = ${agent.organizationId} AND action = ANY(${sql.param(pastMembership)}::text[])
      ) AS "isPublishersMember",
      EXISTS (
        SELECT FROM user_agent_subscriptions WHERE user_id = person.id AND agent_id = ${agent.id} AND is_test
      ) AS "isTester",
      (SELECT count(*)::int FROM (
        SELECT FROM agent_sign_ins WHERE agent_id = ${agent.id} AND user_id = person.id LIMIT ${daysNeeded}
      ) AS days) AS "daysSignedIn"
    FROM "user" AS person WHERE person.id = ${userId}`)
  const [standing] = rows as unknown as Omit<Standing, 'isListed'>[]
  if (standing === undefined) throw new Error('There is nobody with this id')
  return { ...standing, isListed: true }
}

/** Whose act it was, as interactions keep it. */
export async function getContact(
  db: Reader,
  userId: string,
): Promise<{ readonly userId: string; readonly userEmail: string }> {
  const { rows } = await db.execute(sql`SELECT email FROM "user" WHERE id = ${userId}`)
  return { userId, userEmail: String(rows[0]?.['email']) }
}
