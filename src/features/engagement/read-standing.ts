import { sql } from 'drizzle-orm'
import type { AccountViewer } from '#src/identity/index.ts'
import type { Reader } from './agent.ts'

/** How somebody stands to an agent, as its page shows it; for who is not signed in all but `canInstall` and `comingSoon` is false. */
export interface Standing extends Record<string, unknown> {
  readonly comingSoon: boolean
  readonly isFavourite: boolean
  readonly isInstalled: boolean
  /** People use it through us. */
  readonly canInstall: boolean
  /** Their own confirmed address waits for it. */
  readonly isWaiting: boolean
}

interface Whose {
  readonly slug: string
  readonly viewer: Pick<AccountViewer, 'id' | 'email' | 'emailVerified'> | undefined
}

/** Undefined: it has no page. */
export async function readStanding(db: Reader, { slug, viewer }: Whose): Promise<Standing | undefined> {
  if (slug.includes('\0')) return undefined
  const userId = viewer?.id ?? null
  const ownEmail = viewer?.emailVerified === true ? viewer.email : null
  const { rows } = await db.execute<Standing>(sql`
    SELECT coming_soon AS "comingSoon", listing = 'agent' AND NOT coming_soon
        AND (claimed_at IS NULL OR oauth_client_id IS NOT NULL) AS "canInstall",
      EXISTS (SELECT FROM agent_favourites WHERE user_id = ${userId} AND agent_id = agent.id) AS "isFavourite",
      EXISTS (SELECT FROM agent_installs WHERE user_id = ${userId} AND agent_id = agent.id) AS "isInstalled",
      EXISTS (
        SELECT FROM agent_waitlist WHERE agent_id = agent.id AND email = ${ownEmail}
          AND confirmed_at IS NOT NULL AND told_at IS NULL
      ) AS "isWaiting"
    FROM agents AS agent WHERE slug = ${slug} AND status = 'published'`)
  return rows[0]
}
