import { and, desc, eq } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { AccessToken } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'

export type SubscriptionRow = typeof userAgentSubscriptions.$inferSelect

/** One person's to one agent, over all time. */
const subscriptionsMax = 200

export interface WhichSubscriptions {
  readonly subscriptionId?: string | undefined
  readonly userId?: string | undefined
}

/**
 * The subscriptions that a token may read, newest first: an agent's backend those to this agent, of which it names one or a
 * person; a person's token this person's to the agent that holds it. Throws `forbidden` for a client of no agent,
 * `invalid_request` where a backend names nothing, `not_found` where what is named is not there or not theirs.
 */
export async function readableSubscriptions(
  db: Database,
  token: AccessToken,
  { subscriptionId, userId }: WhichSubscriptions,
): Promise<readonly [SubscriptionRow, ...SubscriptionRow[]] | readonly []> {
  if (token.agent === undefined) throw new AppError('forbidden', { detail: 'This client belongs to no agent.' })
  const isBackend = token.kind === 'agent'
  if (isBackend && subscriptionId === undefined && userId === undefined) {
    throw new AppError('invalid_request', {
      errors: [{ in: 'query', path: 'userId', message: 'is required, or subscriptionId' }],
    })
  }
  if (!isBackend && userId !== undefined && userId !== token.subject) throw new AppError('not_found')
  const { id, agentId, userId: owner, createdAt } = userAgentSubscriptions
  const person = isBackend ? userId : token.subject
  const [first, ...others] = await db
    .select()
    .from(userAgentSubscriptions)
    .where(
      and(
        eq(agentId, token.agent.id),
        person === undefined ? undefined : eq(owner, person),
        subscriptionId === undefined ? undefined : eq(id, subscriptionId),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(subscriptionsMax)
  if (first !== undefined) return [first, ...others]
  if (subscriptionId !== undefined || userId !== undefined) throw new AppError('not_found')
  return []
}
