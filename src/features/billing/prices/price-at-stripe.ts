import { Stripe } from 'stripe'
import type { Deps } from '#src/deps.ts'
import { claimEnvironment } from '../environment.ts'
import { stripeCall } from '../stripe-failures.ts'

export interface StripePrice {
  readonly productId: string
  readonly priceId: string
}

/** What people read on invoices and on Stripe's pages. */
export interface ProductWords {
  readonly name: string
  /** Empty: none. */
  readonly description: string
  /** Null: the account's default. */
  readonly taxCode: string | null
}

export interface WantedPrice {
  readonly productId: string
  readonly words: ProductWords
  readonly productMetadata: Readonly<Record<string, string>>
  /** Tells this price from every other, and changes with its terms: a price at Stripe never does. 200 characters at most. */
  readonly key: string
  readonly price: Omit<Stripe.PriceCreateParams, 'product' | 'lookup_key'>
}

/**
 * Makes the product and the price, or finds those that were made before and whose answer was lost, however long ago. Throws
 * `unavailable`.
 */
export async function priceAtStripe(deps: Pick<Deps, 'db' | 'payments'>, wanted: WantedPrice): Promise<StripePrice> {
  await claimEnvironment(deps)
  const { stripe } = deps.payments
  await makeProduct(stripe, wanted)
  // Stripe remembers idempotency keys for a day, and the lookup key for ever.
  const found = await stripeCall(() => stripe.prices.list({ lookup_keys: [wanted.key], limit: 1 }))
  const price =
    found.data[0] ??
    (await stripeCall(() =>
      stripe.prices.create(
        { ...wanted.price, product: wanted.productId, lookup_key: wanted.key },
        { idempotencyKey: wanted.key },
      ),
    ))
  return { productId: wanted.productId, priceId: price.id }
}

/** Its id is ours, so that nobody can make it twice. */
async function makeProduct(stripe: Stripe, { productId, words, productMetadata }: WantedPrice): Promise<void> {
  const { name, description, taxCode } = words
  try {
    await stripeCall(() =>
      stripe.products.create({
        id: productId,
        name,
        ...(description !== '' && { description }),
        ...(taxCode !== null && { tax_code: taxCode }),
        metadata: productMetadata,
      }),
    )
  } catch (error) {
    if (!isThere(error)) throw error
    await updateProduct(stripe, { productId, words })
  }
}

const isThere = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_already_exists'

export const updateProduct = async (
  stripe: Stripe,
  { productId, words: { name, description, taxCode } }: Pick<WantedPrice, 'productId' | 'words'>,
): Promise<void> =>
  void (await stripeCall(() => stripe.products.update(productId, { name, description, tax_code: taxCode ?? '' })))
