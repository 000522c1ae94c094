import { eq } from 'drizzle-orm'
import { installation } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { stripeCall } from './stripe-failures.ts'

type EnvironmentDeps = Pick<Deps, 'db' | 'payments'>

/** This database has seen other payments than the ones this process would make. The message names both. */
export class OtherEnvironmentError extends Error {
  override readonly name = 'OtherEnvironmentError'
}

/**
 * Refuses payments that don't belong to this database; without a first payment it belongs to none yet. Asks nobody outside.
 * Throws {@link OtherEnvironmentError}.
 */
export async function requireEnvironment({ db, payments }: EnvironmentDeps): Promise<typeof installation.$inferSelect> {
  const [present] = await db.select().from(installation)
  if (present === undefined) throw new Error('The installation has no row')
  if (present.environment !== null && present.environment !== payments.environment) {
    throw new OtherEnvironmentError(
      `This database has seen ${present.environment} payments, and this configuration makes ${payments.environment} ones: ` +
        (present.environment === 'sandbox'
          ? 'leave STRIPE_SECRET_KEY unset, or begin with a new database.'
          : `set the ${present.environment} key of its Stripe account.`),
    )
  }
  return present
}

/**
 * Ties this database to these payments, before the first of them. From then on it refuses others: another environment, and
 * another account. Throws {@link OtherEnvironmentError}, and `unavailable`.
 */
export async function claimEnvironment({ db, payments }: EnvironmentDeps): Promise<void> {
  const present = await requireEnvironment({ db, payments })
  if (present.environment !== null && present.stripeAccountId !== null) return
  const account = await stripeCall(() => payments.stripe.accounts.retrieveCurrent())
  if (present.stripeAccountId !== null && present.stripeAccountId !== account.id) throw otherAccount()
  // The database itself refuses another one that was claimed meanwhile.
  await db
    .update(installation)
    .set({ environment: payments.environment, stripeAccountId: account.id })
    .where(eq(installation.id, true))
}

/** At start: whether the key is that of the account this database refers to. Throws as claimEnvironment. */
export async function requireAccount({ db, payments }: EnvironmentDeps): Promise<void> {
  const { stripeAccountId } = await requireEnvironment({ db, payments })
  if (stripeAccountId === null) return
  const account = await stripeCall(() => payments.stripe.accounts.retrieveCurrent())
  if (account.id !== stripeAccountId) throw otherAccount()
}

const otherAccount = (): OtherEnvironmentError =>
  new OtherEnvironmentError('This database belongs to another Stripe account than STRIPE_SECRET_KEY does.')
