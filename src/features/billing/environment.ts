import { eq } from 'drizzle-orm'
import { installation } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { stripeCall } from './stripe-failures.ts'

type EnvironmentDeps = Pick<Deps, 'db' | 'payments'>

/** This database has seen other payments than the ones this process would make. */
export class OtherEnvironmentError extends Error {
  override readonly name = 'OtherEnvironmentError'
  readonly sentence: string
  /** What to do about it. */
  readonly remedy: string

  constructor({ sentence, remedy }: { readonly sentence: string; readonly remedy: string }) {
    super(`${sentence} ${remedy}`)
    this.sentence = sentence
    this.remedy = remedy
  }
}

/**
 * Refuses payments that don't belong to this database; without a first payment it belongs to none yet. Asks nobody outside.
 * Throws {@link OtherEnvironmentError}.
 */
export async function requireEnvironment({ db, payments }: EnvironmentDeps): Promise<typeof installation.$inferSelect> {
  const [present] = await db.select().from(installation)
  if (present === undefined) throw new Error('The installation has no row')
  if (present.environment !== null && present.environment !== payments.environment) {
    const { environment: seen } = present
    throw new OtherEnvironmentError({
      sentence: `This database has seen ${seen} payments, and this configuration makes ${payments.environment} ones.`,
      remedy:
        seen === 'sandbox'
          ? 'unset STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, or begin with a new database'
          : `set STRIPE_SECRET_KEY to the ${seen} key of its Stripe account`,
    })
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

/**
 * At start: refuses a database that belongs to other payments. A Stripe that can't be reached, or takes the key no more, stops nobody
 * from starting: metering goes on. The sweep looks again. Throws {@link OtherEnvironmentError}.
 */
export async function checkPayments(deps: EnvironmentDeps & Pick<Deps, 'log'>): Promise<void> {
  try {
    await requireAccount(deps)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unavailable') throw error
    deps.log.error({ err: error }, 'payments: Stripe gave no answer, so its account was not compared with the database')
  }
}

/** Whether the key is that of the account this database refers to. Throws as claimEnvironment. */
export async function requireAccount({ db, payments }: EnvironmentDeps): Promise<void> {
  const { stripeAccountId } = await requireEnvironment({ db, payments })
  if (stripeAccountId === null) return
  const account = await stripeCall(() => payments.stripe.accounts.retrieveCurrent())
  if (account.id !== stripeAccountId) throw otherAccount()
}

const otherAccount = (): OtherEnvironmentError =>
  new OtherEnvironmentError({
    sentence: 'This database belongs to another Stripe account than STRIPE_SECRET_KEY does.',
    remedy: 'set the key of that account, or begin with a new database',
  })
