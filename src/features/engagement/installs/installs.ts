import { and, eq, sql } from 'drizzle-orm'
import { agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { getListedAgent } from '../agent.ts'
import type { Reader } from '../agent.ts'
import { takeAttempt } from '../attempt.ts'
import { interactionMailsJob } from '../interactions/record-interaction.ts'
import { recordInstall, recordUninstall } from './record-install.ts'

export type InstallDeps = Pick<Deps, 'db' | 'auth' | 'jobs'>

interface Which {
  readonly slug: string
  readonly userId: string
}

/** Doing it again changes nothing. Throws `not_found`, `conflict` for what can't be used here (yet), `rate_limited`. */
export async function install({ db, auth, jobs }: InstallDeps, { slug, userId }: Which): Promise<void> {
  await takeAttempt(auth, { 'engagement:account': [userId] })
  const isFirst = await db.transaction(async (tx) => {
    const { id: agentId, comingSoon, isDirectoryEntry, isUnconnected } = await getListedAgent(tx, slug)
    if (comingSoon) throw new AppError('conflict', { detail: 'It can’t be used yet.' })
    if (isDirectoryEntry || isUnconnected) throw new AppError('conflict', { detail: 'It can’t be used from here.' })
    return recordInstall(tx, { agentId, userId, by: 'button' })
  })
  if (isFirst) await jobs.wake(interactionMailsJob)
}

/** Also of an agent that is not listed any more. Doing it again changes nothing. Throws `not_found`, `rate_limited`. */
export async function uninstall({ db, auth, jobs }: InstallDeps, { slug, userId }: Which): Promise<void> {
  if (slug.includes('\0')) throw new AppError('not_found')
  await takeAttempt(auth, { 'engagement:account': [userId] })
  const isGone = await db.transaction(async (tx) => {
    const [agent] = await tx.select({ id: agents.id }).from(agents).where(eq(agents.slug, slug))
    if (agent === undefined) throw new AppError('not_found')
    return recordUninstall(tx, { agentId: agent.id, userId })
  })
  if (isGone) await jobs.wake(interactionMailsJob)
}

/** Somebody was sent to the agent; their first time is their install. Nothing where the agent has gone meanwhile. */
export async function noteLaunch({ db, jobs }: InstallDeps, { slug, userId }: Which): Promise<void> {
  if (slug.includes('\0')) return
  const isFirst = await db.transaction(async (tx) => {
    const [agent] = await tx
      .select({ id: agents.id })
      .from(agents)
      .where(and(eq(agents.slug, slug), eq(agents.status, 'published'), eq(agents.comingSoon, false)))
    return agent !== undefined && recordInstall(tx, { agentId: agent.id, userId, by: 'launch' })
  })
  if (isFirst) await jobs.wake(interactionMailsJob)
}

/** Counting goes no further. */
const countedInstallsMax = 100_000

/**
 * How many people have installed an agent, as shown to anybody: each once, without the publisher's own people, those they test
 * with, and those who are locked out. Stops at `countedInstallsMax`.
 */
export async function countInstalls(db: Reader, agentId: string): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    SELECT count(*)::int FROM (
      SELECT FROM agent_installs AS install
        JOIN agents AS agent ON agent.id = install.agent_id
        JOIN "user" AS person ON person.id = install.user_id AND NOT person.banned
      WHERE install.agent_id = ${agentId}
        AND NOT EXISTS (
          SELECT FROM organization_member AS member
          WHERE member.organization_id = agent.organization_id AND member.user_id = install.user_id)
        AND NOT EXISTS (
          SELECT FROM user_agent_subscriptions AS subscription
          WHERE subscription.user_id = install.user_id AND subscription.agent_id = agent.id AND subscription.is_test)
      LIMIT ${countedInstallsMax}
    ) AS counted`)
  return rows[0]?.count ?? 0
}
