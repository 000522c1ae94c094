import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { claimStates } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Reader } from '../claimed-agent.ts'
import { isoTime } from '../read-own-claim.ts'
import type { Claim } from '../schema.ts'

export type ClaimState = (typeof claimStates)[number]

interface Listing {
  readonly state: ClaimState
  /** The last claim of the page before; one that is gone meanwhile ends the list. */
  readonly cursor?: string | undefined
  /** 1 to 100. */
  readonly limit: number
}

/** Of those that wait the oldest first, of decided ones the newest. */
export async function listClaims(
  db: Reader,
  { state, cursor, limit }: Listing,
): Promise<{ readonly items: readonly Claim[]; readonly nextCursor: string | undefined }> {
  const isOpen = state === 'pending' || state === 'proven'
  const [isAfter, direction] = isOpen ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`]
  const { rows } = await db.execute(sql`
    SELECT ${columns()} FROM ${tables()}
    WHERE claim.state = ${state} AND ${
      cursor === undefined
        ? sql`true`
        : sql`(claim.created_at, claim.id) ${isAfter} (
          SELECT place.created_at, place.id FROM agent_claims AS place WHERE place.id = ${cursor})`
    }
    ORDER BY claim.created_at ${direction}, claim.id ${direction} LIMIT ${limit + 1}`)
  const found = rows as unknown as Claim[]
  const items = found.slice(0, limit)
  return { items, nextCursor: found.length > limit ? items.at(-1)?.id : undefined }
}

/** Throws `not_found`. */
export async function getClaim(db: Reader, id: string): Promise<Claim> {
  const { rows } = await db.execute(sql`SELECT ${columns()} FROM ${tables()} WHERE claim.id = ${id}`)
  const [claim] = rows as unknown as Claim[]
  if (claim === undefined) throw new AppError('not_found')
  return claim
}

/** Counting goes no further. */
const countedMax = 1_000

/** How many are proven and wait for an operator. */
export async function countToDecide(db: Reader): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    SELECT count(*)::int FROM (SELECT FROM agent_claims WHERE state = 'proven' LIMIT ${countedMax}) AS proven`)
  return rows[0]?.count ?? 0
}

const columns = (): SQL => sql`
  claim.id, json_build_object('slug', agent.slug, 'name', agent.name) AS agent,
  json_build_object('slug', organization.slug, 'name', organization.name) AS organization,
  json_build_object('name', claimant.name, 'email', claimant.email) AS claimant,
  claim.state, claim.host, claim.method, claim.reason, claim.check_error AS "checkError",
  ${isoTime(sql`claim.checked_at`)} AS "checkedAt", ${isoTime(sql`claim.proven_at`)} AS "provenAt",
  ${isoTime(sql`claim.decided_at`)} AS "decidedAt", ${isoTime(sql`claim.created_at`)} AS "createdAt"`

const tables = (): SQL => sql`
  agent_claims AS claim
  JOIN agents AS agent ON agent.id = claim.agent_id
  JOIN organization ON organization.id = claim.organization_id
  JOIN "user" AS claimant ON claimant.id = claim.user_id`
