// One at a time works on an object at Stripe, in whatever process, without a lock over a network call: a lease expires by itself.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'

/**
 * Longer than calls under a lease take, unless Stripe hangs and each is repeated. Then somebody else may begin, and who was first writes
 * nothing: `hold` refuses, and it is tried again.
 */
const leaseSeconds = 90
const waitMsMax = 10_000
const lookAgainMs = { first: 20, most: 250 }

export interface Lease {
  /** First thing in a transaction that writes what was read under the lease: throws `conflict` when somebody else has it by now. */
  readonly hold: (tx: Transaction) => Promise<void>
}

/**
 * Works under the lease of `key`, waiting up to ten seconds for who has it. Throws `conflict` when it stays taken: to be tried
 * again later.
 */
export async function withLease<T>(
  { db }: Pick<Deps, 'db'>,
  key: string,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const holder = randomUUID()
  const deadline = Date.now() + waitMsMax
  for (
    let pause = lookAgainMs.first;
    !(await take({ db }, { key, holder }));
    pause = Math.min(pause * 2, lookAgainMs.most)
  ) {
    if (Date.now() > deadline) throw busy()
    await sleep(pause)
  }
  try {
    return await work({ hold: (tx) => hold(tx, { key, holder }) })
  } finally {
    await db.execute(sql`DELETE FROM billing_leases WHERE key = ${key} AND holder = ${holder}`)
  }
}

interface Held {
  readonly key: string
  readonly holder: string
}

async function take({ db }: Pick<Deps, 'db'>, { key, holder }: Held): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    INSERT INTO billing_leases AS present (key, holder, expires_at)
    VALUES (${key}, ${holder}, clock_timestamp() + make_interval(secs => ${leaseSeconds}))
    ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE present.expires_at <= clock_timestamp()`)
  return (rowCount ?? 0) > 0
}

async function hold(tx: Transaction, { key, holder }: Held): Promise<void> {
  const { rowCount } = await tx.execute(sql`
    SELECT FROM billing_leases WHERE key = ${key} AND holder = ${holder} AND expires_at > clock_timestamp() FOR SHARE`)
  if ((rowCount ?? 0) === 0) throw busy()
}

const busy = (): AppError => new AppError('conflict', { detail: 'Somebody else is working on this at the moment.' })
