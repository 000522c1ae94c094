// An agent with a publisher, and people who have used it or not.
import { sql } from 'drizzle-orm'
import { agentPricingTiers, user } from '#src/db/schema/index.ts'
import type { Database } from '#src/db/client.ts'
import { addPublisher, signedIn, subscribe } from '#test/integration/pricing/publisher.ts'
import type { Session, TestPublisher } from '#test/integration/pricing/publisher.ts'
import type { TestServer } from '#test/support/server.ts'

interface Use {
  readonly agentId: string
  readonly userId: string
  /** How many different days they signed in on. */
  readonly days: number
}

/** As the provider notes it where a code is redeemed. */
export const signInOnDays = async (db: Database, { agentId, userId, days }: Use): Promise<void> =>
  void (await db.execute(sql`
    INSERT INTO agent_sign_ins (agent_id, user_id, day)
    SELECT ${agentId}, ${userId}, (rialto_now() AT TIME ZONE 'UTC')::date - ago FROM generate_series(0, ${days - 1}::int) AS ago`))

/** Somebody with a session who may review the agent. */
export async function newReviewer(server: TestServer, agentId: string): Promise<Session> {
  const person = await signedIn(server)
  await signInOnDays(server.deps.db, { agentId, userId: person.userId, days: 2 })
  return person
}

/** Without a session: enough to stand in a list. Returns their id. */
export async function addReview(
  db: Database,
  { agentId, rating, title = '' }: { readonly agentId: string; readonly rating: number; readonly title?: string },
): Promise<string> {
  const userId = crypto.randomUUID()
  await db.insert(user).values({ id: userId, name: `Reader ${title}`, email: `${userId}@example.com` })
  await db.execute(sql`
    INSERT INTO reviews (agent_id, user_id, rating, title) VALUES (${agentId}, ${userId}, ${rating}, ${title})`)
  return userId
}

/** A subscription of theirs, free. Returns its id. */
export async function addSubscription(
  db: Database,
  { agentId, userId, isTest = false }: { readonly agentId: string; readonly userId: string; readonly isTest?: boolean },
): Promise<string> {
  const [tier] = await db
    .insert(agentPricingTiers)
    .values({ agentId, tierName: 'Free', isFree: true, price: 0 })
    .returning()
  return subscribe(db, { agentId, tierId: tier?.id ?? '', userId, isTest })
}

export interface ReviewedAgent extends TestPublisher {
  readonly owner: Session
}

export async function addReviewedAgent(server: TestServer, owner?: Session): Promise<ReviewedAgent> {
  const person = owner ?? (await signedIn(server))
  return { ...(await addPublisher(server.deps.db, person.userId)), owner: person }
}
