import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Reader } from './claimed-agent.ts'
import { claimedHost } from './rules/claimed-host.ts'
import type { OwnClaim } from './schema.ts'

interface Whose {
  readonly agentId: string
  readonly userId: string
  readonly allowsThisMachine: boolean
}

/**
 * The claim of an organization that somebody owns or administers, whoever of them began it: the open one, else the last that was
 * refused. Undefined: there is none.
 */
export async function readOwnClaim(db: Reader, { agentId, userId, ...rule }: Whose): Promise<OwnClaim | undefined> {
  const { rows } = await db.execute(sql`
    SELECT claim.id, json_build_object('slug', organization.slug, 'name', organization.name) AS organization,
      claim.state, claim.host, claim.method, claim.token, claim.reason, claim.check_error AS "checkError",
      ${isoTime(sql`claim.checked_at`)} AS "checkedAt", ${isoTime(sql`claim.proven_at`)} AS "provenAt",
      ${isoTime(sql`claim.decided_at`)} AS "decidedAt", ${isoTime(sql`claim.created_at`)} AS "createdAt",
      agents.homepage_url AS "homepageUrl"
    FROM agent_claims AS claim
      JOIN agents ON agents.id = claim.agent_id
      JOIN organization ON organization.id = claim.organization_id
      JOIN organization_member AS member ON member.organization_id = claim.organization_id
    WHERE claim.agent_id = ${agentId} AND member.user_id = ${userId} AND member.role IN ('owner', 'admin')
      AND claim.state IN ('pending', 'proven', 'refused')
    ORDER BY claim.state = 'refused', claim.created_at DESC, claim.id LIMIT 1`)
  const [row] = rows as unknown as (Omit<OwnClaim, 'fileUrl' | 'dnsName'> & { homepageUrl: string | null })[]
  if (row === undefined) return undefined
  const { homepageUrl, ...claim } = row
  const target = claimedHost({ homepageUrl, ...rule })
  return target.kind === 'host'
    ? { ...claim, fileUrl: target.fileUrl, dnsName: target.dnsName ?? null }
    : { ...claim, fileUrl: '', dnsName: null }
}

/** RFC 3339, UTC, milliseconds. */
export const isoTime = (moment: SQL): SQL => sql`to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
