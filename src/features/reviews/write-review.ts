import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { interactionMailsJob, recordInteraction } from '#src/features/engagement/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { getReviewedAgent } from './agent.ts'
import type { ReviewedAgent } from './agent.ts'
import { readOwnReview } from './read/own-review.ts'
import type { OwnReview } from './read/own-review.ts'
import { obstacleDetails, obstacleOf } from './rules/may-review.ts'
import type { NewReview } from './schema.ts'
import { getContact, readStanding } from './standing.ts'
import { takeAttempt } from './take-attempt.ts'

interface WriteReview {
  readonly slug: string
  readonly userId: string
  readonly review: NewReview
}

/**
 * Writes somebody's one review of an agent, or changes it; the same again changes nothing. One that is hidden stays so until an
 * operator has looked. Throws `not_found`, `forbidden` with the `obstacle`, `rate_limited`.
 */
export async function writeReview(
  { db, auth, jobs }: Pick<Deps, 'db' | 'auth' | 'jobs'>,
  { slug, userId, review }: WriteReview,
): Promise<{ readonly own: OwnReview; readonly isNew: boolean }> {
  await takeAttempt(auth, { 'review:account': [userId] })
  const written = await db.transaction(async (tx) => {
    const agent = await getReviewedAgent(tx, slug)
    await requireMayReview(tx, { agent, userId })
    const changed = await upsert(tx, { agent, userId, review })
    if (changed !== undefined) await follow(tx, { agent, userId, review, ...changed })
    return { own: await readOwnReview(tx, { agent, userId }), isNew: changed?.isNew ?? false }
  })
  if (written.isNew) await jobs.wake(interactionMailsJob)
  return written
}

interface Author {
  readonly agent: ReviewedAgent
  readonly userId: string
}

async function requireMayReview(tx: Transaction, author: Author): Promise<void> {
  const obstacle = obstacleOf(await readStanding(tx, author))
  if (obstacle !== undefined) throw new AppError('forbidden', { obstacle, detail: obstacleDetails[obstacle] })
}

interface Written {
  readonly id: string
  readonly isNew: boolean
}

interface Followed extends Author, Written {
  readonly review: NewReview
}

/** What a review causes beside itself. */
async function follow(tx: Transaction, { agent, userId, review, id, isNew }: Followed): Promise<void> {
  const { rating } = review
  await recordAudit(tx, {
    userId,
    action: isNew ? 'review.write' : 'review.edit',
    resource: 'review',
    resourceId: id,
    metadata: { agentId: agent.id, rating },
  })
  if (isNew) {
    const person = await getContact(tx, userId)
    await recordInteraction(tx, {
      ...person,
      type: 'reviewed',
      agentId: agent.id,
      agentName: agent.name,
      metadata: { rating },
    })
  }
  await refreshAgentSearch(tx, [agent.id])
}

/** By the constraint, so that a form sent twice at once is one review. Undefined: nothing changed. */
async function upsert(
  tx: Transaction,
  { agent, userId, review }: Author & { readonly review: NewReview },
): Promise<Written | undefined> {
  const { rows } = await tx.execute(sql`
    INSERT INTO reviews AS present (agent_id, user_id, rating, title, body)
    VALUES (${agent.id}, ${userId}, ${review.rating}, ${review.title}, ${review.body})
    ON CONFLICT (agent_id, user_id) DO UPDATE
      SET rating = excluded.rating, title = excluded.title, body = excluded.body, updated_at = clock_timestamp()
      WHERE (present.rating, present.title, present.body) IS DISTINCT FROM (excluded.rating, excluded.title, excluded.body)
    -- Only a row that was there before carries the id of whoever changes it.
    RETURNING id, xmax = 0 AS "isNew"`)
  return (rows as unknown as Written[])[0]
}
