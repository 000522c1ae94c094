import { and, eq, isNull } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { billingCustomers, user } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { claimEnvironment } from '../environment.ts'
import { metadataOf } from '../intents/metadata.ts'
import { stripeCall } from '../stripe-failures.ts'

type CustomerRow = typeof billingCustomers.$inferSelect

const pageSize = 100
const pagesMax = 10

/**
 * Who a person is at Stripe, made there when they are first needed: one customer per person, however many ask at once and however
 * many answers get lost. Throws `not_found` for nobody, and `unavailable`.
 */
export async function ensureCustomer(
  deps: Pick<Deps, 'db' | 'payments'>,
  { userId }: { readonly userId: string },
): Promise<string> {
  const { db } = deps
  const known = await findCustomer(deps, userId)
  if (known !== undefined) return known
  const [person] = await db.select({ name: user.name, email: user.email }).from(user).where(eq(user.id, userId))
  if (person === undefined) throw new AppError('not_found')
  const { row, isNew } = await ensureRow(deps, userId)
  if (row.stripeCustomerId !== null) return row.stripeCustomerId
  await claimEnvironment(deps)
  const { customers } = deps.payments.stripe
  const customer = (isNew ? undefined : await findLost(deps, row)) ?? (await create(deps, row))
  await stripeCall(() => customers.update(customer.id, person))
  const isUnset = and(eq(billingCustomers.id, row.id), isNull(billingCustomers.stripeCustomerId))
  await db.update(billingCustomers).set({ stripeCustomerId: customer.id }).where(isUnset)
  // Somebody at the same moment may have been first.
  return (await findCustomer(deps, userId)) ?? customer.id
}

/** Undefined: there is none at Stripe yet, as far as is known. Asks nobody outside. */
export async function findCustomer({ db }: Pick<Deps, 'db'>, userId: string): Promise<string | undefined> {
  const [row] = await db.select().from(billingCustomers).where(eq(billingCustomers.userId, userId))
  return row?.stripeCustomerId ?? undefined
}

async function ensureRow({ db }: Pick<Deps, 'db'>, userId: string): Promise<{ row: CustomerRow; isNew: boolean }> {
  const [made] = await db.insert(billingCustomers).values({ userId }).onConflictDoNothing().returning()
  if (made !== undefined) return { row: made, isNew: true }
  const [row] = await db.select().from(billingCustomers).where(eq(billingCustomers.userId, userId))
  if (row === undefined) throw new AppError('not_found')
  return { row, isNew: false }
}

/** Always the same words under the same key: what may change in between, such as the address, comes after. */
const create = ({ payments }: Pick<Deps, 'payments'>, { id }: CustomerRow): Promise<Stripe.Customer> =>
  stripeCall(() =>
    payments.stripe.customers.create(
      { metadata: { ...metadataOf({ kind: 'customer' }), rialto_customer: id } },
      { idempotencyKey: `customer:${id}` },
    ),
  )

/** The one that was made when this was tried before, perhaps so long ago that Stripe has forgotten the key: it does after a day. */
export async function findLost(
  { payments }: Pick<Deps, 'payments'>,
  { id, createdAt }: CustomerRow,
): Promise<Stripe.Customer | undefined> {
  // A minute for clocks that differ.
  const created = { gte: Math.floor(createdAt.getTime() / 1000) - 60 }
  let after: string | undefined
  for (let page = 0; page < pagesMax; page += 1) {
    const { data, has_more: isMore } = await stripeCall(() =>
      payments.stripe.customers.list({
        created,
        limit: pageSize,
        ...(after !== undefined && { starting_after: after }),
      }),
    )
    const found = data.find(({ metadata }) => metadata['rialto_customer'] === id)
    if (found !== undefined || !isMore) return found
    after = data.at(-1)?.id
  }
  return undefined
}
