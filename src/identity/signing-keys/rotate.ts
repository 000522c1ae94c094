import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database, Transaction } from '#src/db/client.ts'
import { keepSeconds, publishAheadSeconds, rotationSeconds } from './lifetimes.ts'
import { newStoredKey, signingAlgorithm, signingCurve } from './stored-key.ts'
import type { StoredKey } from './stored-key.ts'

interface KeyKeeper {
  readonly db: Database
  /** Encrypts the private halves. */
  readonly secret: string
}

/** Two operators who answer the same leak. */
const sameMomentSeconds = 10
/** How often somebody else may be quicker. */
const attemptsMax = 5

type Reason = 'first' | 'scheduled' | 'operator' | 'compromised'

/**
 * Makes a key where none can sign: in a new installation, or because the secret that encrypted the others is another one now.
 * `newest` is the one that was seen to be of no use; where another came meanwhile, nothing is made.
 */
export async function ensureSigningKey(keeper: KeyKeeper, newest: string | undefined): Promise<void> {
  await addKey(keeper, { after: newest, reason: 'first' })
}

/**
 * What the clock does: makes the next key when the newest one's time is nearly up, and removes what has signed nothing for long
 * enough. Run by any number of processes at once it makes one key.
 */
export async function rotateWhenDue(keeper: KeyKeeper): Promise<void> {
  const newest = await findNewest(keeper.db)
  if (newest === undefined || newest.isDueForSuccessor) {
    await addKey(keeper, { after: newest?.id, reason: 'scheduled' })
  }
  await keeper.db.transaction((tx) => removeEnded(tx))
}

export type Rotation =
  | { readonly kind: 'rotated'; readonly keyId: string; readonly signsAt: Date }
  /** A key that somebody else made is published and about to sign. */
  | { readonly kind: 'under-way'; readonly keyId: string }

/**
 * What an operator can do. `planned`: as by the clock, now. `compromised`: the new key signs at once and all others are gone, so
 * that every token they signed is refused, here within seconds, elsewhere when the published keys are read again.
 */
export async function rotateNow(keeper: KeyKeeper, why: 'planned' | 'compromised'): Promise<Rotation> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const newest = await findNewest(keeper.db)
    // Somebody else's key of this moment is as good, except that after a leak the others must be gone.
    const isUnderWay = newest !== undefined && (why === 'planned' ? !newest.isSigning : newest.isAloneAndNew)
    if (isUnderWay) return { kind: 'under-way', keyId: newest.id }
    const made = await addKey(keeper, { after: newest?.id, reason: why === 'planned' ? 'operator' : 'compromised' })
    if (made !== undefined) return { kind: 'rotated', ...made }
  }
  throw new Error('Other processes keep rotating the keys')
}

interface NewestKey {
  readonly id: string
  /** Made within seconds, and there is no other. */
  readonly isAloneAndNew: boolean
  readonly isSigning: boolean
  readonly isDueForSuccessor: boolean
}

async function findNewest(db: Database | Transaction): Promise<NewestKey | undefined> {
  const { rows } = await db.execute(sql`
    SELECT id,
      created_at > now() - ${sameMomentSeconds} * interval '1 second' AND (SELECT count(*) = 1 FROM jwks) AS is_alone_and_new,
      created_at <= now() - ${publishAheadSeconds} * interval '1 second'
        OR NOT EXISTS (SELECT FROM jwks AS older WHERE older.created_at < jwks.created_at) AS is_signing,
      created_at <= now() - ${rotationSeconds - publishAheadSeconds} * interval '1 second' AS is_due
    FROM jwks ORDER BY created_at DESC, id LIMIT 1`)
  const [row] = rows
  if (row === undefined) return undefined
  return {
    id: String(row['id']),
    isAloneAndNew: row['is_alone_and_new'] === true,
    isSigning: row['is_signing'] === true,
    isDueForSuccessor: row['is_due'] === true,
  }
}

interface NewKey {
  /** The newest key that the decision was made on; undefined = there was none. */
  readonly after: string | undefined
  readonly reason: Reason
}

/** Undefined when another process was quicker. */
async function addKey(
  { db, secret }: KeyKeeper,
  { after, reason }: NewKey,
): Promise<{ readonly keyId: string; readonly signsAt: Date } | undefined> {
  const key = await newStoredKey(secret)
  return db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('rialto.signing-keys'))`)
    if ((await findNewest(tx))?.id !== after) return undefined
    const signsAt = await insertKey(tx, key)
    await recordAudit(tx, {
      action: 'signing_key.create',
      resource: 'signing_key',
      resourceId: key.id,
      metadata: { reason, ...(after !== undefined && { after }) },
    })
    if (reason === 'compromised') {
      await removeKeys(tx, { where: sql`id <> ${key.id}`, reason })
      return { keyId: key.id, signsAt: new Date() }
    }
    if (after !== undefined) {
      await tx.execute(sql`
        UPDATE jwks SET expires_at = clock_timestamp() + ${publishAheadSeconds + keepSeconds} * interval '1 second'
        WHERE id = ${after}`)
    }
    return { keyId: key.id, signsAt }
  })
}

/** Returns when it signs. The time is taken after the lock, so that keys are as old as the order in which they were made. */
async function insertKey(tx: Transaction, { id, publicKey, privateKey }: StoredKey): Promise<Date> {
  const { rows } = await tx.execute(sql`
    INSERT INTO jwks (id, public_key, private_key, alg, crv, created_at)
    VALUES (${id}, ${publicKey}, ${privateKey}, ${signingAlgorithm}, ${signingCurve}, clock_timestamp())
    RETURNING created_at + ${publishAheadSeconds} * interval '1 second' AS signs_at`)
  return new Date(String(rows[0]?.['signs_at']))
}

/** The newest stays, whatever its row says: it has no successor. */
const removeEnded = (tx: Transaction): Promise<void> =>
  removeKeys(tx, {
    where: sql`expires_at <= now() AND EXISTS (SELECT FROM jwks AS newer WHERE newer.created_at > jwks.created_at)`,
    reason: 'scheduled',
  })

async function removeKeys(
  tx: Transaction,
  { where, reason }: { where: ReturnType<typeof sql>; reason: Reason },
): Promise<void> {
  const { rows } = await tx.execute(sql`DELETE FROM jwks WHERE ${where} RETURNING id`)
  for (const row of rows) {
    await recordAudit(tx, {
      action: 'signing_key.remove',
      resource: 'signing_key',
      resourceId: String(row['id']),
      metadata: { reason },
    })
  }
}
