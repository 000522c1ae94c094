// Who had a trial of what. Kept as keyed hashes, so that it outlives the account and tells nobody anything else.
import { and, eq, inArray } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { trialUses, user } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'

type Reader = Pick<Database | Transaction, 'select'>

interface Whose {
  readonly userId: string
  readonly agentId: string
}

/** The person had a trial of this agent, also under an account with this address that is gone. */
export async function hadTrial(
  db: Reader,
  { subjectHash }: Pick<Deps, 'subjectHash'>,
  { userId, agentId }: Whose,
): Promise<boolean> {
  return isKnown(db, { agentId, hashes: (await subjectsOf(db, userId)).map(subjectHash) })
}

interface WithCard extends Whose {
  readonly cardFingerprint: string | undefined
}

/** Somebody had a trial of this agent with the same card. */
export async function cardHadTrial(
  db: Reader,
  { subjectHash }: Pick<Deps, 'subjectHash'>,
  { agentId, cardFingerprint }: Omit<WithCard, 'userId'>,
): Promise<boolean> {
  return cardFingerprint !== undefined && isKnown(db, { agentId, hashes: [subjectHash(`card:${cardFingerprint}`)] })
}

/** False: somebody has begun one with the same card, or under the same address, at this moment. */
export async function rememberTrial(
  tx: Transaction,
  { subjectHash }: Pick<Deps, 'subjectHash'>,
  { userId, agentId, cardFingerprint }: WithCard,
): Promise<boolean> {
  const subjects = await subjectsOf(tx, userId)
  if (cardFingerprint !== undefined) subjects.push(`card:${cardFingerprint}`)
  const rows = subjects.map((subject) => ({ subjectHash: subjectHash(subject), agentRef: agentId }))
  const written = await tx.insert(trialUses).values(rows).onConflictDoNothing().returning({ at: trialUses.usedAt })
  return written.length === rows.length
}

async function subjectsOf(db: Reader, userId: string): Promise<string[]> {
  const [person] = await db.select({ email: user.email }).from(user).where(eq(user.id, userId))
  return [`person:${userId}`, ...(person === undefined ? [] : [`email:${person.email.toLowerCase()}`])]
}

async function isKnown(
  db: Reader,
  { agentId, hashes }: { agentId: string; hashes: readonly string[] },
): Promise<boolean> {
  const rows = await db
    .select({ usedAt: trialUses.usedAt })
    .from(trialUses)
    .where(and(eq(trialUses.agentRef, agentId), inArray(trialUses.subjectHash, [...hashes])))
    .limit(1)
  return rows.length > 0
}
