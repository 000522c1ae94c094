import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { and, eq, gt } from 'drizzle-orm'
import { z } from 'zod'
import { verification } from '#src/db/schema/index.ts'
import type { Database, Transaction } from '#src/db/client.ts'
import { newId } from '#src/lib/ids.ts'

// One row per person, so that a new request replaces the one before. Only the secret's hash is stored.
const identifierOf = (userId: string): string => `change-email:${userId}`
const stored = z.object({ email: z.string(), secretHash: z.string() })

export const changeLinkHours = 24

export interface WaitingChange {
  readonly userId: string
  /** The new address. */
  readonly email: string
}

/** Remembers that this person wants this address. Returns the token that its mailbox has to bring back. */
export async function storeChange(tx: Transaction, { userId, email }: WaitingChange): Promise<string> {
  await tx.delete(verification).where(eq(verification.identifier, identifierOf(userId)))
  const secret = randomBytes(24).toString('base64url')
  await tx.insert(verification).values({
    id: newId(),
    identifier: identifierOf(userId),
    value: JSON.stringify({ email, secretHash: hash(secret) }),
    expiresAt: new Date(Date.now() + changeLinkHours * 3_600_000),
  })
  return `${userId}.${secret}`
}

export async function findWaitingChange(db: Database, userId: string): Promise<WaitingChange | undefined> {
  const change = await findStored(db, userId)
  return change && { userId, email: change.email }
}

/** What the token asks for, if it is the newest one of its person and has not run out. */
export async function findByToken(db: Database | Transaction, token: string): Promise<WaitingChange | undefined> {
  const { userId, secret } = tokenShape.exec(token)?.groups ?? {}
  if (userId === undefined || secret === undefined) return undefined
  const change = await findStored(db, userId)
  if (change === undefined || !timingSafeEqual(Buffer.from(change.secretHash), Buffer.from(hash(secret)))) {
    return undefined
  }
  return { userId, email: change.email }
}

/** Takes the change away. Of several at once one gets true. */
export async function takeChange(db: Database | Transaction, userId: string): Promise<boolean> {
  const { rowCount } = await db.delete(verification).where(eq(verification.identifier, identifierOf(userId)))
  return rowCount === 1
}

async function findStored(db: Database | Transaction, userId: string) {
  const [row] = await db
    .select({ value: verification.value })
    .from(verification)
    .where(and(eq(verification.identifier, identifierOf(userId)), gt(verification.expiresAt, new Date())))
    .limit(1)
  return row && stored.parse(JSON.parse(row.value))
}

const tokenShape = /^(?<userId>[A-Za-z0-9_-]{1,64})\.(?<secret>[A-Za-z0-9_-]{32})$/

const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
