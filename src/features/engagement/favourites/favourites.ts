import { and, count, eq, sql } from 'drizzle-orm'
import { agentFavourites, agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { getListedAgent } from '../agent.ts'
import type { Reader } from '../agent.ts'
import { takeAttempt } from '../attempt.ts'

/** For each person: enough to choose from, and one page shows them all. */
export const favouritesMax = 100

interface Which {
  readonly slug: string
  readonly userId: string
}

type FavouriteDeps = Pick<Deps, 'db' | 'auth'>

/** Doing it again changes nothing. Throws `not_found`, `conflict` past `favouritesMax`, `rate_limited`. */
export async function addFavourite({ db, auth }: FavouriteDeps, { slug, userId }: Which): Promise<void> {
  await takeAttempt(auth, { 'engagement:account': [userId] })
  await db.transaction(async (tx) => {
    const { id: agentId } = await getListedAgent(tx, slug)
    // Two at once don't pass the limit together.
    await tx.execute(sql`SELECT FROM "user" WHERE id = ${userId} FOR NO KEY UPDATE`)
    await tx.insert(agentFavourites).values({ agentId, userId }).onConflictDoNothing()
    const [held] = await tx.select({ total: count() }).from(agentFavourites).where(eq(agentFavourites.userId, userId))
    if ((held?.total ?? 0) > favouritesMax) throw new AppError('conflict', { detail: `${favouritesMax} are the most.` })
  })
}

/** Also of an agent that is not listed any more. Doing it again changes nothing. */
export async function removeFavourite({ db }: FavouriteDeps, { slug, userId }: Which): Promise<void> {
  if (slug.includes('\0')) throw new AppError('not_found')
  await db.execute(sql`
    DELETE FROM agent_favourites WHERE user_id = ${userId} AND agent_id = (SELECT id FROM agents WHERE slug = ${slug})`)
}

export interface Favourite extends Record<string, unknown> {
  readonly slug: string
  readonly name: string
  readonly tagline: string
  /** It still has a page. */
  readonly isListed: boolean
  /** ISO 8601. */
  readonly since: string
}

/** All of somebody's, the latest first. */
export async function listFavourites(db: Reader, userId: string): Promise<readonly Favourite[]> {
  const { rows } = await db.execute<Favourite>(sql`
    SELECT agent.slug, agent.name, agent.tagline, agent.status = 'published' AS "isListed",
      to_char(favourite.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since
    FROM agent_favourites AS favourite JOIN agents AS agent ON agent.id = favourite.agent_id
    WHERE favourite.user_id = ${userId}
    ORDER BY favourite.created_at DESC, agent.slug LIMIT ${favouritesMax}`)
  return rows
}

/** Which of these somebody has among their favourites. */
export async function favouritesAmong(
  db: Deps['db'],
  { slugs, userId }: { readonly slugs: readonly string[]; readonly userId: string },
): Promise<readonly string[]> {
  const rows = await db
    .select({ slug: agents.slug })
    .from(agentFavourites)
    .innerJoin(agents, eq(agents.id, agentFavourites.agentId))
    .where(and(eq(agentFavourites.userId, userId), sql`${agents.slug} = ANY(${sql.param([...slugs])}::text[])`))
  return rows.map(({ slug }) => slug)
}
